"""Making, reshaping, joining, cutting and indexing arrays; dtypes."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


def fill(op):
    # -- making: on the engine of `like`, else on the default engine ------------------------------------------------
    op("zeros(shape, dtype=None, like=None)", "An array of zeros (float32 by default).")
    op("ones(shape, dtype=None, like=None)", "An array of ones (float32 by default).")
    op("full(shape, fill_value, dtype=None, like=None)", "An array filled with one value.")
    op("empty(shape, dtype=None, like=None)", "An array whose values nobody has set.")
    op("eye(N, M=None, k=0, dtype=None, like=None)", "Ones on the k-th diagonal, zeros elsewhere.")
    op("identity(n, dtype=None, like=None)", "The identity matrix.", **ALL)
    op("arange(start, stop=None, step=None, dtype=None, like=None)", "Numbers from start up to, without, stop.")
    op(
        "linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, like=None)",
        "num numbers from start to stop at equal distances.",
        **ALL,
    )
    op("tri(N, M=None, k=0, dtype=None, like=None)", "Ones at and below the k-th diagonal.")
    op("zeros_like(x, dtype=None)", "Zeros in the shape and dtype of x.")
    op("ones_like(x, dtype=None)", "Ones in the shape and dtype of x.")
    op("full_like(x, fill_value, dtype=None)", "One value in the shape and dtype of x.")
    op("empty_like(x, dtype=None)", "An array like x whose values nobody has set.")
    op("array(x, dtype=None, like=None)", "x as an array of the engine.", simple=False, numpy_decides=False)
    op(
        "convert_to_tensor(x, dtype=None, sparse=None, ragged=None, like=None)",
        "x as an array of the engine.",
        simple=False,
        numpy_decides=False,
    )
    op("convert_to_numpy(x)", "A NumPy array with the values of x.", simple=False)
    op("copy(x)", "A copy of x.", torch="clone", tensorflow="identity")

    # -- what is known of an array ----------------------------------------------------------------------------------
    op("shape(x)", "The shape as a tuple of ints; a size a TensorFlow graph does not know is a scalar tensor.")
    op("ndim(x)", "How many axes.")
    op("size(x)", "How many elements.")
    op("dtype(x)", "The dtype by name, such as 'float32'.")
    op("cast(x, dtype)", "x in another dtype.")

    # -- shapes ---------------------------------------------------------------------------------------------------
    op(
        "reshape(x, newshape)",
        "The same elements in another shape; one size may be -1.",
        jax="reshape(shape)",
        numpy="reshape(shape)",
        tensorflow="reshape(shape)",
    )
    op("transpose(x, axes=None)", "Axes in another order; reversed by default.", tensorflow="transpose(perm)")
    op("expand_dims(x, axis)", "New axes of size 1.")
    op("squeeze(x, axis=None)", "Without axes of size 1.")
    op("ravel(x)", "All elements in one row.")
    op("moveaxis(x, source, destination)", "Axes moved to new places.", tensorflow="experimental.numpy.moveaxis")
    op("swapaxes(x, axis1, axis2)", "Two axes exchanged.", torch="swapaxes(axis0, axis1)")
    op("broadcast_to(x, shape)", "x repeated along axes of size 1 to fill a shape.", torch="broadcast_to(size)")
    op("flip(x, axis=None)", "Elements in reverse order along axes.")
    op(
        "roll(x, shift, axis=None)",
        "Elements moved along axes; what falls off comes back on the other side.",
        torch="roll(shifts, dims)",
        tensorflow="experimental.numpy.roll",
    )
    op(
        "tile(x, repeats)",
        "x repeated as a whole along each axis.",
        jax="tile(reps)",
        numpy="tile(reps)",
        tensorflow="experimental.numpy.tile(reps)",
    )
    op("repeat(x, repeats, axis=None)", "Each element repeated along an axis.")
    op("pad(x, pad_width, mode='constant', constant_values=None)", "x with a border: constant, reflect or symmetric.")
    op("diag(x, k=0)", "A vector as the k-th diagonal of a matrix, or the diagonal of a matrix.")
    op("diagonal(x, offset=0, axis1=0, axis2=1)", "The diagonal over two axes.")
    op("tril(x, k=0)", "x with zeros above the k-th diagonal.", torch="tril(diagonal)")
    op("triu(x, k=0)", "x with zeros below the k-th diagonal.", torch="triu(diagonal)")

    # -- joining and cutting: lists of arrays ------------------------------------------------------------------------
    op("concatenate(xs, axis=0)", "Arrays one after the other along an axis.")
    op("stack(x, axis=0)", "Arrays of one shape along a new axis.", simple=False)
    op("unstack(x, num=None, axis=0)", "A list of the slices of x along an axis.")
    op("split(x, indices_or_sections, axis=0)", "A list of parts: equal ones, or cut at these indices.")
    op("meshgrid(*x, indexing='xy')", "Coordinate matrices from coordinate vectors.")

    # -- indexing -------------------------------------------------------------------------------------------------
    op("take(x, indices, axis=None)", "The elements of x at these indices along an axis.")
    op(
        "take_along_axis(x, indices, axis=None)",
        "For every place along the other axes, the elements at its own indices.",
    )
    op(
        "one_hot(x, num_classes, axis=-1, dtype=None, sparse=False)",
        "Class numbers as vectors with a single 1; a row of zeros for a number out of range.",
    )
    op("slice(inputs, start_indices, shape)", "A block of x of this shape, from these indices on.", simple=False)
    op("slice_update(inputs, start_indices, updates)", "x with a block written at these indices.", simple=False)
    op("scatter(indices, values, shape)", "Zeros in this shape with values added at these indices.")
    op(
        "scatter_update(inputs, indices, updates, reduction=None)",
        "x with updates written (or added, max, min, mul) at these indices.",
    )
    op("get_item(x, key)", "x[key].", simple=False)

    # -- more of NumPy -------------------------------------------------------------------------------------------
    op("append(x1, x2, axis=None)", "x2 after x1 along an axis; both flat without one.", **ALL)
    op("hstack(xs)", "Arrays side by side: along axis 1, or 0 for vectors.", **ALL)
    op("vstack(xs)", "Arrays one above the other: along axis 0; vectors are rows.", **ALL)
    op("dstack(xs)", "Arrays one behind the other: along axis 2.", **ALL)
    op("array_split(x, indices_or_sections, axis=0)", "A list of parts whose sizes differ by at most one.", **ALL)
    op("hsplit(x, indices_or_sections)", "A list of parts along axis 1, or 0 for a vector.", **ALL)
    op("vsplit(x, indices_or_sections)", "A list of parts along axis 0.", **ALL)
    op("dsplit(x, indices_or_sections)", "A list of parts along axis 2.", **ALL)
    op("diagflat(x, k=0)", "All elements as the k-th diagonal of a matrix.", **ALL)
    op("fliplr(x)", "Columns in reverse order.", **ALL)
    op("flipud(x)", "Rows in reverse order.", **ALL)
    op(
        "rot90(array, k=1, axes=(0, 1))",
        "Turned by k times 90 degrees in the plane of two axes.",
        tensorflow="composite",
        torch="rot90(k, dims)",
    )
    op("vander(x, N=None, increasing=False)", "Vandermonde matrix: the powers of x as columns.", **ALL)
    op("unravel_index(indices, shape)", "Flat indices as one index array (int32) per axis.", **ALL)
    op("select(condlist, choicelist, default=0)", "The choice of the first condition that holds.", **ALL)
    op(
        "geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0, like=None)",
        "num numbers from start to stop with equal ratios.",
        **ALL,
    )
    op(
        "logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0, like=None)",
        "base to the power of num numbers from start to stop.",
        **ALL,
    )
    op("bartlett(x)", "Triangular window of x points.", **ALL)
    op("blackman(x)", "Blackman window of x points.", **ALL)
    op("hamming(x)", "Hamming window of x points.", **ALL)
    op("hanning(x)", "Hann window of x points.", **ALL)
    op("kaiser(x, beta)", "Kaiser window of x points.", **ALL)
    op("saturate_cast(x, dtype)", "x in another dtype, clipped to what it can hold.", **ALL)
    op("depth_to_space(x, block_size, data_format='channels_last')", "Blocks of channels laid out as pixels.", **ALL)
    op("space_to_depth(x, block_size, data_format='channels_last')", "Blocks of pixels stacked as channels.", **ALL)
    op("extract_sequences(x, sequence_length, sequence_stride)", "Overlapping pieces of the last axis.", **ALL)
    op(
        "rearrange(tensor, pattern, **axes_lengths)",
        "Axes split, moved and joined as 'b (h x) c -> b x (h c)' says; sizes of new axes by name.",
        **dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite"),
    )
    op("view(x, dtype=None)", "The same bytes read as another dtype; the last axis has as many as they make.")
