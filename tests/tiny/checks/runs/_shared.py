"""What both runs use."""


def squared(numbers):
    return sum(number * number for number in numbers)
