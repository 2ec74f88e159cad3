"""Wrong answers to u09.split_text, each with its cause in words, run in the solution's namespace."""

import re

from grader import misconception


@misconception(
    "split_text",
    says="The module `re` of Python does not know \\p{L}, any letter of any script. The patterns are written for the "
    "library `regex`.",
)
def re_module(text, pattern=GPT4_SPLIT_PATTERN):
    return re.findall(pattern, text)


@misconception(
    "split_text",
    says="You split at the matches, so you have what stands between the chunks. The matches are the chunks.",
)
def split_for_findall(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.split(pattern, text)


@misconception("split_text", says="You cleaned the white space away. Spaces are data: a token knows its space.")
def strip(text, pattern=GPT4_SPLIT_PATTERN):
    return [chunk.strip() for chunk in regex.findall(pattern, text)]


@misconception(
    "split_text",
    says="Words and signs are there, the white space between them is lost: joined, the chunks are no longer the text.",
)
def lost_space(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.findall(r"\w+|[^\w\s]", text)


@misconception(
    "split_text",
    says="You put groups into the pattern. Then findall returns what the groups caught, as tuples, not the matches.",
)
def group_capture(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.findall(rf"(\s*)({pattern})", text)
