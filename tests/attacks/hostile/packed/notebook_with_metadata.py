# attack: metadata, outputs and attachments with scripts and control characters
# unit: u01_area
# as: u01_area.ipynb
# outcomes: fail error
# process: holds
# source: notebook("def cross(a, b):\n    return 5e9", metadata={"kernelspec": {"argv": ["touch", "/tmp/chainrule-attack-kernel"]}, "title": "<script>\x1b[2J"})
