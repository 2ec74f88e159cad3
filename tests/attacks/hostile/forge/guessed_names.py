# attack: has a module that answers to every name
# unit: u01_area
# outcomes: error
# process: holds


def __getattr__(name):
    return lambda *args, **kwargs: 1.0
