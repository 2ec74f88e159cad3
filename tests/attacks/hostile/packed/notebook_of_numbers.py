# attack: a notebook with a number of a million digits for its version
# unit: u01_area
# as: u01_area.ipynb
# outcomes: refused syntax error
# process: holds
# source: b'{"nbformat": ' + b"9" * 1_000_000 + b', "cells": []}'
