# exercise: save_load
# true: a merge that was never learned comes back with the others
# not: UTF-8


_loaded = RegexTokenizer.load


def _load(self, path):
    _loaded(self, path)
    idx = 256 + len(self.merges)
    self.merges[(120, 121)] = idx
    self.vocab[idx] = b"xy"


RegexTokenizer.load = _load
