# attack: raises what ends loops and generators: StopIteration, GeneratorExit, StopAsyncIteration
# unit: u01_area
# outcomes: error
# process: holds

CALLS = []


def cross(a, b):
    CALLS.append(1)
    raise (StopIteration, GeneratorExit, StopAsyncIteration)[len(CALLS) % 3](True)
