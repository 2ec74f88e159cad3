# attack: ends the process with exit code 0 while it is imported
# unit: u01_area
# outcomes: crash
# process: holds

import os

print("3 passed")
os._exit(0)
