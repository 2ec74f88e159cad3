# exercise: data_loader_lite
# true: the ranks take their pieces in reverse, the last one first
# not: begins at 0
# not: read the same tokens
# not: neighbour


class DataLoaderLite(DataLoaderLite):
    def __init__(self, shards, B, T, rank=0, world_size=1):
        super().__init__(shards, B, T, world_size - 1 - rank, world_size)
