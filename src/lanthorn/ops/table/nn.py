"""Activations, normalization, losses: what networks are made of besides products."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


def fill(op):
    op("relu(x)", "max(x, 0).")
    op("relu6(x)", "min(max(x, 0), 6).")
    op(
        "leaky_relu(x, negative_slope=0.2)",
        "x above zero, negative_slope * x below.",
        torch="nn.functional.leaky_relu(negative_slope)",
        jax="nn.leaky_relu(negative_slope)",
    )
    op("elu(x, alpha=1.0)", "x above zero, alpha * (exp(x) - 1) below.", floats=True)
    op("selu(x)", "Scaled elu of self-normalizing networks (arXiv 1706.02515).", floats=True)
    op("celu(x, alpha=1.0)", "x above zero, alpha * (exp(x / alpha) - 1) below.", floats=True)
    op("gelu(x, approximate=True)", "x times the normal distribution function (arXiv 1606.08415).", floats=True)
    op("silu(x)", "x * sigmoid(x).", floats=True)
    op("swish(x)", "x * sigmoid(x).", floats=True)
    op("sigmoid(x)", "1 / (1 + exp(-x)).", floats=True)
    op("log_sigmoid(x)", "log(sigmoid(x)), without overflow.", floats=True, torch="nn.functional.logsigmoid")
    op("hard_sigmoid(x)", "clip(x / 6 + 1/2, 0, 1).", floats=True)
    op("hard_silu(x)", "x * hard_sigmoid(x).", floats=True)
    op("hard_swish(x)", "x * hard_sigmoid(x).", floats=True)
    op("hard_tanh(x)", "x, but not below -1 and not above 1.", floats=True)
    op("softplus(x)", "log(1 + exp(x)).", floats=True)
    op("softsign(x)", "x / (1 + |x|).", floats=True, jax="soft_sign")
    op("softmax(x, axis=-1)", "exp(x) / sum(exp(x)) along an axis.", floats=True)
    op("log_softmax(x, axis=-1)", "log(softmax(x)) along an axis, without overflow.", floats=True)
    op("glu(x, axis=-1)", "First half times sigmoid of the second half.", floats=True, torch="nn.functional.glu(dim)")
    op("sparsemax(x, axis=-1)", "Projection onto the simplex (arXiv 1602.02068).", floats=True)
    op("tanh_shrink(x)", "x - tanh(x).", floats=True)
    op(
        "soft_shrink(x, threshold=0.5)",
        "x moved toward zero by threshold.",
        floats=True,
        torch="nn.functional.softshrink(lambd)",
    )
    op(
        "hard_shrink(x, threshold=0.5)",
        "x where |x| > threshold, else 0.",
        floats=True,
        torch="nn.functional.hardshrink(lambd)",
    )
    op("squareplus(x, b=4)", "(x + sqrt(x * x + b)) / 2.", floats=True)
    op("threshold(x, threshold, default_value)", "x where x > threshold, else default_value.")
    op("normalize(x, axis=-1, order=2, epsilon=None)", "x divided by its norm along axes.", floats=True, **ALL)
    op(
        "batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001)",
        "(x - mean) / sqrt(variance + epsilon) * scale + offset along one axis.",
        tensorflow="composite",
    )
    op(
        "batch_norm_train(x, gamma=None, beta=None, axis=-1, epsilon=0.001)",
        "(y, mean, variance): x normalized along one axis by the mean and variance of the batch itself.",
    )
    op(
        "layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None)",
        "x with mean 0 and variance 1 over axes, times gamma, plus beta.",
    )
    op(
        "rms_normalization(x, scale=None, axis=-1, epsilon=None)",
        "x divided by its root mean square over axes, times scale.",
    )
    op("binary_crossentropy(target, output, from_logits=False)", "Cross-entropy of yes/no targets, element by element.")
    op("categorical_crossentropy(target, output, from_logits=False, axis=-1)", "Cross-entropy of class probabilities.")
    op("sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1)", "Cross-entropy of class numbers.")
    op(
        "multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False)",
        "Sets of class numbers as vectors of 0 and 1.",
        simple=False,
    )
    op(
        "dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False, "
        "flash_attention=None, attn_logits_soft_cap=None)",
        "Attention on (batch, length, heads, size).",
        jax="composite",
    )
    op("sparse_plus(x)", "0 below -1, x above 1, a parabola between.", floats=True, **ALL)
    op("sparse_sigmoid(x)", "0 below -1, 1 above 1, a line between.", floats=True, **ALL)
    op("psnr(x1, x2, max_val)", "Peak signal-to-noise ratio in decibels.", **ALL)
    op(
        "ctc_loss(target, output, target_length, output_length, mask_index=0)",
        "Connectionist temporal classification loss.",
        **ALL,
    )
    op(
        "ctc_decode(inputs, sequence_lengths, strategy='greedy', beam_width=100, top_paths=1, merge_repeated=True, "
        "mask_index=0)",
        "Class numbers (paths, batch, steps), -1 behind their end, from scores (batch, steps, classes); and how good.",
        **ALL,
    )
