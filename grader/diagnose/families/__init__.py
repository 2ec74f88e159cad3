"""Relations between a wrong answer and the right one, one family a file. Each holds on every probe, or is silent."""
