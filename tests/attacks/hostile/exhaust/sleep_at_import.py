# attack: sleeps while it is imported
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import time

time.sleep(600)
