# exercise: induction_task
# true: x and y are returned in the other order
# why: x and y have changed places


_right = make_copy_batch


def make_copy_batch(*given, **options):
    x, y = _right(*given, **options)
    return y, x
