# %% [markdown]
# # 2. Means
#
# Arrays have axes. A mean over one of them leaves the others as they are.

# %%
import numpy as np


# %%
def column_means(table: np.ndarray) -> np.ndarray:
    """Return the mean of each column. table: (N, D) float64. Returns (D,) float64."""
    # BEGIN SOLUTION
    # HINT: Which axis disappears?
    # HINT: The rows are summed, and there are N of them.
    # HINT: `sum` takes an axis.
    return table.sum(axis=0) / table.shape[0]
    # END SOLUTION


# %%
def center(table: np.ndarray) -> np.ndarray:
    """Return the table with each column's mean taken away. table: (N, D) float64, left as it is. Returns (N, D)."""
    # BEGIN SOLUTION
    # HINT: You have the means already.
    # HINT: (N, D) and (D,) go together without a loop.
    # HINT: A new array: the one you were given belongs to somebody else.
    return table - column_means(table)
    # END SOLUTION
