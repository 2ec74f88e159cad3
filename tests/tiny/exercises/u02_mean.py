# %% [markdown]
# # 2. Means
#
# Arrays have axes. A mean over one of them leaves the others as they are.

# %%
import numpy as np


# %%
def column_means(table: np.ndarray) -> np.ndarray:
    """Return the mean of each column. table: (N, D) float64. Returns (D,) float64."""
    raise NotImplementedError("TODO: column_means")


# %%
def center(table: np.ndarray) -> np.ndarray:
    """Return the table with each column's mean taken away. table: (N, D) float64, left as it is. Returns (N, D)."""
    raise NotImplementedError("TODO: center")


# %%
# Try things here: `python exercises/u02_mean.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
