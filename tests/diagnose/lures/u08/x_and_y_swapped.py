# exercise: get_batch
# true: x and y are returned in the other order
# why: x and y have changed places


_right = get_batch


def get_batch(*given, **options):
    x, y = _right(*given, **options)
    return y, x
