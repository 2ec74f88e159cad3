# exercise: shards
# true: EOT is in front, but of the second and later documents only, as a separator
# not: There is no EOT
# not: stands behind
# not: An empty document


def write_shards(docs, folder, shard_size, tok):
    numbers = [int(token) for doc in docs for token in tokenize_doc(doc, tok)][1:]
    paths = []
    for i in range(0, len(numbers), shard_size):
        paths.append(Path(folder) / f"{'train' if paths else 'val'}_{len(paths):06d}.npy")
        np.save(paths[-1], np.array(numbers[i : i + shard_size], dtype=np.uint16))
    return paths
