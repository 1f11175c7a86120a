"""Every layer against Keras 3.15.1: one table, each row on each engine.

A row makes a layer from either library's `layers`, and says what it is called with. With the same weights, outputs,
gradients (of inputs and weights) and moved statistics agree; so do names and shapes of weights, output shapes, and
settings: Keras's are read by us, ours by Keras.
"""

import importlib
import zlib
from typing import Any, NamedTuple

import numpy as np
import pytest

import lanthorn
from lanthorn import layers
from lanthorn.core.functional_call import swapped


class Row(NamedTuple):
    name: str
    make: Any  # layers module -> layer
    inputs: Any  # a shape, or a list of shapes; ("int", shape, below) for whole numbers
    call: Any = None  # (layer, list of inputs, keywords) -> outputs, where it is not layer(inputs)
    training: bool = False
    mask: Any = None
    shape: bool = True  # whether Keras can tell the output shape


def several(layer, xs, kw):
    return layer(*xs, **kw)


def states(layer, xs, kw):
    return layer(xs[0], initial_state=list(xs[1:]), **kw)


def backwards(layer, xs, kw):
    return layer(xs[0], reverse=True, **kw)


def with_scores(**more):
    return lambda layer, xs, kw: layer(*xs, return_attention_scores=True, **more, **kw)


STEPS = [[1, 1, 1, 0, 0], [1, 0, 1, 1, 0]]
IMAGE, SERIES, VOLUME = (2, 7, 6, 4), (2, 5, 3), (1, 5, 4, 6, 2)
FILM = (2, 3, 5, 4, 2)
FIRST, FIRST_SERIES, FIRST_VOLUME = (2, 4, 7, 6), (2, 3, 5), (1, 2, 5, 4, 6)

TABLE = [
    # -- dense and activations ------------------------------------------------------------------------------------
    Row("dense", lambda L: L.Dense(5), (3, 4)),
    Row("dense_relu", lambda L: L.Dense(5, "relu", kernel_initializer="he_normal"), (3, 4)),
    Row("dense_softmax_3d", lambda L: L.Dense(5, activation="softmax", bias_initializer="ones"), (2, 3, 4)),
    Row("dense_bare",
        lambda L: L.Dense(2, use_bias=False, kernel_regularizer="l2", kernel_constraint="non_neg"), (3, 4)),
    Row("einsum", lambda L: L.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d"), SERIES, shape=False),
    Row("einsum_before",
        lambda L: L.EinsumDense("...x,xy->...y", 4, activation="tanh", bias_axes="y"), (2, 3, 4, 5), shape=False),
    Row("einsum_after", lambda L: L.EinsumDense("ab...,bc->ac...", 4, bias_axes="c"), (2, 3, 5)),
    Row("einsum_heads", lambda L: L.EinsumDense("abc,cde->abde", (None, 2, 4), bias_axes="de"), SERIES, shape=False),
    Row("activation", lambda L: L.Activation("tanh"), (3, 4)),
    Row("activation_softmax", lambda L: L.Activation("softmax"), (3, 4)),
    Row("relu", lambda L: L.ReLU(), (3, 4)),
    Row("relu6", lambda L: L.ReLU(6.0), (3, 40)),
    Row("relu_settings", lambda L: L.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.5), (3, 40)),
    Row("relu_slope", lambda L: L.ReLU(negative_slope=0.2), (3, 40)),
    Row("relu_threshold", lambda L: L.ReLU(threshold=0.5), (3, 40)),
    Row("leaky_relu", lambda L: L.LeakyReLU(0.1), (3, 4)),
    Row("prelu", lambda L: L.PReLU(), (3, 4)),
    Row("prelu_shared", lambda L: L.PReLU("uniform", shared_axes=[1, 2]), IMAGE),
    Row("elu", lambda L: L.ELU(0.5), (3, 4)),
    Row("softmax", lambda L: L.Softmax(), (3, 4)),
    Row("softmax_axes", lambda L: L.Softmax(axis=(1, 2)), (2, 3, 4)),
    Row("softmax_mask", lambda L: L.Softmax(), (2, 5), mask=STEPS),
    Row("identity", lambda L: L.Identity(), (3, 4)),
    # -- convolutions ---------------------------------------------------------------------------------------------
    Row("conv2d", lambda L: L.Conv2D(5, 3), IMAGE),
    Row("conv2d_same", lambda L: L.Conv2D(5, (3, 2), padding="same", activation="relu"), IMAGE),
    Row("conv2d_same_strides", lambda L: L.Conv2D(5, 3, strides=2, padding="same"), IMAGE),
    Row("conv2d_strides", lambda L: L.Conv2D(5, (2, 3), strides=(2, 1), use_bias=False), IMAGE),
    Row("conv2d_dilated", lambda L: L.Conv2D(5, 3, dilation_rate=(2, 1), padding="same"), IMAGE),
    Row("conv2d_groups", lambda L: L.Conv2D(6, 3, groups=2), IMAGE),
    Row("conv2d_first", lambda L: L.Conv2D(5, 3, strides=2, padding="same", data_format="channels_first"), FIRST),
    Row("conv2d_1x1", lambda L: L.Conv2D(3, 1, activation="tanh"), IMAGE),
    Row("conv1d", lambda L: L.Conv1D(4, 3), SERIES),
    Row("conv1d_causal", lambda L: L.Conv1D(4, 3, padding="causal", dilation_rate=2), SERIES),
    Row("conv1d_causal_strides", lambda L: L.Conv1D(4, 3, strides=2, padding="causal"), SERIES),
    Row("conv1d_same", lambda L: L.Conv1D(4, 2, strides=2, padding="same"), SERIES),
    Row("conv1d_first", lambda L: L.Conv1D(4, 2, padding="same", data_format="channels_first"), FIRST_SERIES),
    Row("conv3d", lambda L: L.Conv3D(3, 2, strides=(1, 2, 1), padding="same"), VOLUME),
    Row("conv3d_first", lambda L: L.Conv3D(3, (2, 1, 3), data_format="channels_first"), FIRST_VOLUME),
    Row("conv2d_transpose", lambda L: L.Conv2DTranspose(3, 3), IMAGE),
    Row("conv2d_transpose_same", lambda L: L.Conv2DTranspose(3, 3, strides=2, padding="same"), IMAGE),
    Row("conv2d_transpose_valid", lambda L: L.Conv2DTranspose(3, (3, 2), strides=(2, 3), activation="relu"), IMAGE),
    Row("conv2d_transpose_out",
        lambda L: L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1, use_bias=False), IMAGE),
    Row("conv2d_transpose_first",
        lambda L: L.Conv2DTranspose(3, 3, strides=2, padding="same", data_format="channels_first"), FIRST),
    Row("conv1d_transpose", lambda L: L.Conv1DTranspose(3, 3, strides=2, padding="same"), SERIES),
    Row("conv3d_transpose", lambda L: L.Conv3DTranspose(3, 2, strides=2), VOLUME),
    Row("depthwise", lambda L: L.DepthwiseConv2D(3), IMAGE),
    Row("depthwise_same", lambda L: L.DepthwiseConv2D((3, 3), strides=2, padding="same", use_bias=False), IMAGE),
    Row("depthwise_many", lambda L: L.DepthwiseConv2D(3, depth_multiplier=2, activation="relu"), IMAGE),
    Row("depthwise_dilated", lambda L: L.DepthwiseConv2D(2, padding="same", dilation_rate=2), IMAGE),
    Row("depthwise_first", lambda L: L.DepthwiseConv2D(3, padding="same", data_format="channels_first"), FIRST),
    Row("depthwise1d", lambda L: L.DepthwiseConv1D(3, padding="same", depth_multiplier=2), SERIES),
    Row("separable", lambda L: L.SeparableConv2D(5, 3), IMAGE),
    Row("separable_same",
        lambda L: L.SeparableConv2D(5, 3, strides=2, padding="same", depth_multiplier=2, activation="relu"), IMAGE),
    Row("separable1d", lambda L: L.SeparableConv1D(5, 3, padding="same", use_bias=False), SERIES),
    # -- sound ----------------------------------------------------------------------------------------------------
    Row("stft", lambda L: L.STFTSpectrogram("psd", frame_length=8, window="hamming"), (2, 40, 3)),
    Row("stft_log_same",
        lambda L: L.STFTSpectrogram(frame_length=10, frame_step=3, padding="same", expand_dims=True), (2, 40, 3)),
    Row("stft_both", lambda L: L.STFTSpectrogram("stft", 8, data_format="channels_first", periodic=True), (2, 3, 40)),
    Row("stft_real", lambda L: L.STFTSpectrogram("real", 8, window=None, scaling="spectrum"), (2, 40, 1)),
    Row("mel", lambda L: L.MelSpectrogram(64, 16, sampling_rate=1000, num_mel_bins=8), (2, 100)),
    Row("mel_magnitude",
        lambda L: L.MelSpectrogram(64, 16, 50, "hamming", 2000, 6, max_freq=700.0, power_to_db=False, mag_exp=1.0),
        (2, 100)),
    # -- pooling --------------------------------------------------------------------------------------------------
    Row("max_pool", lambda L: L.MaxPooling2D(), IMAGE),
    Row("max_pool_same", lambda L: L.MaxPooling2D((3, 2), strides=2, padding="same"), IMAGE),
    Row("max_pool_strides", lambda L: L.MaxPooling2D(3, strides=(1, 2)), IMAGE),
    Row("max_pool_first", lambda L: L.MaxPooling2D(2, padding="same", data_format="channels_first"), FIRST),
    Row("max_pool1d", lambda L: L.MaxPooling1D(2, padding="same"), SERIES),
    Row("max_pool3d", lambda L: L.MaxPooling3D(2), VOLUME),
    Row("average_pool", lambda L: L.AveragePooling2D(2), IMAGE),
    Row("average_pool_same", lambda L: L.AveragePooling2D((3, 2), strides=2, padding="same"), IMAGE),
    Row("average_pool_first", lambda L: L.AveragePooling2D(3, padding="same", data_format="channels_first"), FIRST),
    Row("average_pool1d", lambda L: L.AveragePooling1D(2, padding="same"), SERIES),
    Row("average_pool3d", lambda L: L.AveragePooling3D(2, padding="same"), VOLUME),
    Row("global_average2d", lambda L: L.GlobalAveragePooling2D(), IMAGE),
    Row("global_average2d_keep", lambda L: L.GlobalAveragePooling2D("channels_first", keepdims=True), FIRST),
    Row("global_average1d", lambda L: L.GlobalAveragePooling1D(), SERIES),
    Row("global_average1d_mask", lambda L: L.GlobalAveragePooling1D(), SERIES, mask=STEPS),
    Row("global_average3d", lambda L: L.GlobalAveragePooling3D(), VOLUME),
    Row("global_max2d", lambda L: L.GlobalMaxPooling2D(), IMAGE),
    Row("global_max1d", lambda L: L.GlobalMaxPooling1D(keepdims=True), SERIES),
    Row("global_max3d", lambda L: L.GlobalMaxPooling3D(), VOLUME),
    Row("adaptive_average1d", lambda L: L.AdaptiveAveragePooling1D(3), SERIES),
    Row("adaptive_average2d", lambda L: L.AdaptiveAveragePooling2D((3, 4)), IMAGE),
    Row("adaptive_average2d_first", lambda L: L.AdaptiveAveragePooling2D(2, data_format="channels_first"), FIRST),
    Row("adaptive_average3d", lambda L: L.AdaptiveAveragePooling3D(2), VOLUME),
    Row("adaptive_max1d", lambda L: L.AdaptiveMaxPooling1D(2, "channels_first"), FIRST_SERIES),
    Row("adaptive_max2d", lambda L: L.AdaptiveMaxPooling2D((2, 5)), IMAGE),
    Row("adaptive_max3d", lambda L: L.AdaptiveMaxPooling3D((2, 1, 4)), VOLUME),
    # -- borders, sizes and shapes ----------------------------------------------------------------------------------
    Row("zero_padding", lambda L: L.ZeroPadding2D(), IMAGE),
    Row("zero_padding_pairs", lambda L: L.ZeroPadding2D(((0, 1), (2, 3))), IMAGE),
    Row("zero_padding_first", lambda L: L.ZeroPadding2D((1, 2), data_format="channels_first"), FIRST),
    Row("zero_padding1d", lambda L: L.ZeroPadding1D((1, 2)), SERIES),
    Row("zero_padding3d", lambda L: L.ZeroPadding3D((1, 2, 3)), VOLUME),
    Row("cropping", lambda L: L.Cropping2D(((1, 2), (0, 3))), IMAGE),
    Row("cropping_first", lambda L: L.Cropping2D(1, data_format="channels_first"), FIRST),
    Row("cropping1d", lambda L: L.Cropping1D((1, 2)), SERIES),
    Row("cropping3d", lambda L: L.Cropping3D(1), VOLUME),
    Row("up_sampling", lambda L: L.UpSampling2D((2, 3)), IMAGE),
    Row("up_sampling_bilinear", lambda L: L.UpSampling2D(2, interpolation="bilinear"), IMAGE),
    Row("up_sampling_first", lambda L: L.UpSampling2D(2, data_format="channels_first"), FIRST),
    Row("up_sampling1d", lambda L: L.UpSampling1D(3), SERIES),
    Row("up_sampling3d", lambda L: L.UpSampling3D((1, 2, 2)), VOLUME),
    Row("resizing", lambda L: L.Resizing(10, 3), IMAGE),
    Row("resizing_nearest", lambda L: L.Resizing(9, 4, interpolation="nearest"), IMAGE),
    Row("resizing_crop", lambda L: L.Resizing(4, 8, crop_to_aspect_ratio=True), IMAGE),
    Row("resizing_pad", lambda L: L.Resizing(4, 4, pad_to_aspect_ratio=True, fill_value=0.5), (2, 8, 4, 3)),
    Row("resizing_antialias", lambda L: L.Resizing(3, 2, antialias=True), IMAGE),
    Row("center_crop", lambda L: L.CenterCrop(3, 4), IMAGE),
    Row("flatten", lambda L: L.Flatten(), IMAGE),
    Row("flatten_first", lambda L: L.Flatten(data_format="channels_first"), FIRST),
    Row("flatten_number", lambda L: L.Flatten(), (3,)),
    Row("reshape", lambda L: L.Reshape((3, 8)), (2, 4, 6)),
    Row("reshape_rest", lambda L: L.Reshape((-1, 4)), (2, 4, 6)),
    Row("permute", lambda L: L.Permute((3, 1, 2)), IMAGE),
    Row("repeat_vector", lambda L: L.RepeatVector(3), (2, 4)),
    # -- merging --------------------------------------------------------------------------------------------------
    Row("add", lambda L: L.Add(), [(2, 3), (2, 3), (2, 3)]),
    Row("add_broadcast", lambda L: L.Add(), [(2, 3, 4), (2, 4)]),
    Row("subtract", lambda L: L.Subtract(), [(2, 3), (2, 3)]),
    Row("multiply", lambda L: L.Multiply(), [(2, 3), (2, 1)]),
    Row("average", lambda L: L.Average(), [(2, 3), (2, 3), (2, 3)]),
    Row("maximum", lambda L: L.Maximum(), [(2, 3), (2, 3)]),
    Row("minimum", lambda L: L.Minimum(), [(2, 3), (2, 3)]),
    Row("concatenate", lambda L: L.Concatenate(), [(2, 3, 4), (2, 3, 2)]),
    Row("concatenate_axis", lambda L: L.Concatenate(axis=1), [(2, 3, 4), (2, 2, 4), (2, 1, 4)]),
    Row("dot", lambda L: L.Dot(axes=1), [(2, 3), (2, 3)]),
    Row("dot_normal", lambda L: L.Dot(axes=(2, 1), normalize=True), [(2, 3, 4), (2, 4, 5)]),
    Row("dot_last", lambda L: L.Dot(axes=-1), [(2, 3, 4), (2, 5, 4)]),
    # -- normalization --------------------------------------------------------------------------------------------
    Row("batch_norm", lambda L: L.BatchNormalization(), IMAGE),
    Row("batch_norm_training", lambda L: L.BatchNormalization(), IMAGE, training=True),
    Row("batch_norm_settings", lambda L: L.BatchNormalization(1, 0.8, 0.01, center=False), FIRST, training=True),
    Row("batch_norm_scaleless", lambda L: L.BatchNormalization(scale=False), (6, 4), training=True),
    Row("batch_norm_bare", lambda L: L.BatchNormalization(scale=False, center=False), SERIES),
    Row("batch_norm_frozen", lambda L: L.BatchNormalization(trainable=False), IMAGE, training=True),
    Row("batch_norm_mask", lambda L: L.BatchNormalization(), SERIES, training=True, mask=STEPS),
    Row("layer_norm", lambda L: L.LayerNormalization(), SERIES),
    Row("layer_norm_axes", lambda L: L.LayerNormalization(axis=[-2, -1], epsilon=1e-5), (2, 3, 4, 5)),
    Row("layer_norm_centerless", lambda L: L.LayerNormalization(center=False), SERIES),
    Row("layer_norm_bare", lambda L: L.LayerNormalization(scale=False, center=False), SERIES),
    Row("group_norm", lambda L: L.GroupNormalization(2), IMAGE),
    Row("group_norm_first", lambda L: L.GroupNormalization(4, axis=1, scale=False), FIRST),
    Row("instance_norm", lambda L: L.GroupNormalization(-1, epsilon=1e-5), IMAGE),
    Row("unit_norm", lambda L: L.UnitNormalization(), SERIES),
    Row("unit_norm_axes", lambda L: L.UnitNormalization(axis=[1, 2]), SERIES),
    Row("rms_norm", lambda L: L.RMSNormalization(), SERIES),
    Row("rescaling", lambda L: L.Rescaling(1 / 127.5, offset=-1.0), IMAGE),
    Row("rescaling_channels", lambda L: L.Rescaling([1.0, 2.0, 3.0, 4.0], offset=[0.1, 0.2, 0.3, 0.4]), IMAGE),
    Row("normalization", lambda L: L.Normalization(), SERIES),
    Row("normalization_given", lambda L: L.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]), SERIES),
    Row("normalization_one", lambda L: L.Normalization(axis=None, mean=2.0, variance=4.0, invert=True), SERIES),
    # -- dropout and noise outside training; embeddings, masking ------------------------------------------------------
    Row("dropout", lambda L: L.Dropout(0.5, seed=3), SERIES),
    Row("dropout_shape", lambda L: L.Dropout(0.5, noise_shape=(None, 1, None)), SERIES),
    Row("dropout_none", lambda L: L.Dropout(0.0), SERIES, training=True),
    Row("spatial_dropout1d", lambda L: L.SpatialDropout1D(0.5), SERIES),
    Row("spatial_dropout2d", lambda L: L.SpatialDropout2D(0.5, data_format="channels_first"), FIRST),
    Row("gaussian_noise", lambda L: L.GaussianNoise(0.5), SERIES),
    Row("gaussian_dropout", lambda L: L.GaussianDropout(0.5), SERIES),
    Row("alpha_dropout", lambda L: L.AlphaDropout(0.5, noise_shape=(None, 1, None)), SERIES),
    Row("spectral", lambda L: L.SpectralNormalization(L.Dense(4), power_iterations=2), SERIES),
    Row("spectral_conv", lambda L: L.SpectralNormalization(L.Conv2D(3, 2)), IMAGE),
    Row("activity", lambda L: L.ActivityRegularization(l1=0.1, l2=0.2), SERIES),
    Row("embedding", lambda L: L.Embedding(7, 3), ("int", (2, 5), 7)),
    Row("embedding_mask", lambda L: L.Embedding(7, 3, mask_zero=True), ("int", (2, 5), 7)),
    Row("embedding_back", lambda L: L.ReversibleEmbedding(7, 3), SERIES, call=backwards, shape=False),
    Row("embedding_cap", lambda L: L.ReversibleEmbedding(7, 3, False, logit_soft_cap=0.7), SERIES, call=backwards,
        shape=False),
    Row("masking", lambda L: L.Masking(0.5), SERIES),
    # -- recurrent ------------------------------------------------------------------------------------------------
    Row("simple_rnn", lambda L: L.SimpleRNN(4), SERIES),
    Row("simple_rnn_all", lambda L: L.SimpleRNN(4, activation="relu", use_bias=False, return_sequences=True), SERIES),
    Row("lstm", lambda L: L.LSTM(4), SERIES),
    Row("lstm_all", lambda L: L.LSTM(4, return_sequences=True, return_state=True), SERIES),
    Row("lstm_back", lambda L: L.LSTM(4, return_sequences=True, go_backwards=True, unit_forget_bias=False), SERIES),
    Row("lstm_mask", lambda L: L.LSTM(4, return_sequences=True, return_state=True), SERIES, mask=STEPS),
    Row("lstm_mask_last", lambda L: L.LSTM(4), SERIES, mask=STEPS),
    Row("lstm_mask_back", lambda L: L.LSTM(4, go_backwards=True), SERIES, mask=STEPS),
    Row("lstm_states", lambda L: L.LSTM(4, return_state=True), [SERIES, (2, 4), (2, 4)], call=states, shape=False),
    Row("lstm_unrolled", lambda L: L.LSTM(4, unroll=True, recurrent_activation="hard_sigmoid"), SERIES),
    Row("lstm_bare", lambda L: L.LSTM(4, use_bias=False, activation="relu"), SERIES),
    Row("lstm_states_all", lambda L: L.LSTM(4, return_sequences=True), [SERIES, (2, 4), (2, 4)], call=states,
        shape=False),
    Row("lstm_dropout_off", lambda L: L.LSTM(4, dropout=0.3, recurrent_dropout=0.3), SERIES),
    Row("gru", lambda L: L.GRU(4), SERIES),
    Row("gru_sequences", lambda L: L.GRU(4, return_sequences=True, return_state=True), SERIES),
    Row("gru_back", lambda L: L.GRU(4, return_sequences=True, go_backwards=True), SERIES),
    Row("gru_all", lambda L: L.GRU(4, return_sequences=True, return_state=True), SERIES, mask=STEPS),
    Row("gru_before", lambda L: L.GRU(4, reset_after=False, return_sequences=True), SERIES),
    Row("gru_bare", lambda L: L.GRU(4, use_bias=False), SERIES),
    Row("gru_states", lambda L: L.GRU(4), [SERIES, (2, 4)], call=states, shape=False),
    Row("conv_lstm1d", lambda L: L.ConvLSTM1D(3, 2, padding="same", strides=2, return_state=True), FILM[:3] + (2,)),
    Row("conv_lstm2d", lambda L: L.ConvLSTM2D(2, (3, 2), return_sequences=True), FILM),
    Row("conv_lstm2d_first",
        lambda L: L.ConvLSTM2D(2, 2, data_format="channels_first", use_bias=False, go_backwards=True), FILM),
    Row("conv_lstm2d_mask", lambda L: L.ConvLSTM2D(2, 2, dilation_rate=2, unit_forget_bias=False, dropout=0.3), FILM,
        mask=[[1, 1, 0], [1, 0, 1]]),
    Row("conv_lstm3d", lambda L: L.ConvLSTM3D(2, 2, recurrent_activation="hard_sigmoid"), (1, 2, 3, 4, 3, 2)),
    Row("rnn_cell", lambda L: L.RNN(L.GRUCell(4), return_sequences=True), SERIES),
    Row("rnn_stack", lambda L: L.RNN([L.LSTMCell(4), L.GRUCell(3), L.SimpleRNNCell(2)]), SERIES, shape=False),
    Row("rnn_stack_states", lambda L: L.RNN([L.SimpleRNNCell(4), L.GRUCell(3)], return_state=True), SERIES, mask=STEPS,
        shape=False),
    Row("bidirectional", lambda L: L.Bidirectional(L.LSTM(4)), SERIES),
    Row("bidirectional_all", lambda L: L.Bidirectional(L.GRU(4, return_sequences=True), "sum"), SERIES, mask=STEPS),
    Row("bidirectional_pair",
        lambda L: L.Bidirectional(L.LSTM(4, return_sequences=True, return_state=True), None), SERIES),
    Row("bidirectional_gru", lambda L: L.Bidirectional(L.GRU(4, return_sequences=True)), SERIES),
    Row("bidirectional_mul", lambda L: L.Bidirectional(L.SimpleRNN(4), merge_mode="mul"), SERIES),
    Row("bidirectional_two",
        lambda L: L.Bidirectional(L.LSTM(4), "ave", backward_layer=L.GRU(4, go_backwards=True)), SERIES),
    Row("time_distributed", lambda L: L.TimeDistributed(L.Dense(4, activation="tanh")), SERIES),
    Row("time_distributed_conv", lambda L: L.TimeDistributed(L.Conv2D(2, 3)), (2, 3, 5, 5, 2)),
    # -- attention ------------------------------------------------------------------------------------------------
    Row("heads", lambda L: L.MultiHeadAttention(2, 3), [(2, 5, 4), (2, 6, 3)], several),
    Row("heads_key", lambda L: L.MultiHeadAttention(2, 3, value_dim=5), [(2, 5, 4), (2, 6, 3), (2, 6, 2)], several),
    Row("heads_scores", lambda L: L.MultiHeadAttention(2, 3, output_shape=7), [(2, 5, 4), (2, 5, 4)], with_scores(),
        shape=False),
    Row("heads_causal", lambda L: L.MultiHeadAttention(2, 3, use_bias=False), [(2, 5, 4), (2, 5, 4)],
        with_scores(use_causal_mask=True), shape=False),
    Row("heads_window", lambda L: L.MultiHeadAttention(2, 3, sliding_window=2, use_gate=True), [(2, 5, 4), (2, 5, 4)],
        several),
    Row("heads_axes", lambda L: L.MultiHeadAttention(2, 3, attention_axes=(1, 2)), [(2, 3, 4, 5), (2, 2, 4, 5)],
        several),
    Row("heads_axis", lambda L: L.MultiHeadAttention(2, 3, attention_axes=2), [(2, 3, 4, 5), (2, 3, 4, 5)], several),
    Row("grouped", lambda L: L.GroupQueryAttention(3, 4, 2), [(2, 5, 4), (2, 6, 4)], several),
    Row("grouped_key",
        lambda L: L.GroupQueryAttention(3, 4, 1, use_gate=True), [(2, 5, 4), (2, 6, 4), (2, 6, 4)], several),
    Row("grouped_causal", lambda L: L.GroupQueryAttention(3, 2, 2, use_bias=False, sliding_window=3),
        [(2, 5, 4), (2, 5, 4)], with_scores(use_causal_mask=True), shape=False),
    Row("attention", lambda L: L.Attention(), [(2, 3, 4), (2, 5, 4)]),
    Row("attention_key", lambda L: L.Attention(use_scale=True), [(2, 3, 4), (2, 5, 6), (2, 5, 4)], shape=False),
    Row("attention_concat", lambda L: L.Attention(score_mode="concat", use_scale=True), [(2, 3, 4), (2, 5, 4)]),
    Row("additive_attention", lambda L: L.AdditiveAttention(), [(2, 3, 4), (2, 5, 4)]),
]  # fmt: skip
ROWS = {row.name: row for row in TABLE}
assert len(ROWS) == len(TABLE)


def numbers(row):
    """The inputs as NumPy arrays, and a generator for the rest of the row: the same in every run."""
    rng = np.random.default_rng(zlib.crc32(row.name.encode()))
    shapes = row.inputs if isinstance(row.inputs, list) else [row.inputs]
    made = []
    for shape in shapes:
        if shape[0] == "int":
            made.append(rng.integers(0, shape[2], shape[1]).astype("int32"))
        else:
            made.append(rng.normal(size=shape).astype("float32"))
    return made, rng


def call(row, layer, xs, array):
    kw = {"training": row.training} if row.training else {}
    if row.mask is not None:
        kw["mask"] = array(np.array(row.mask, bool))
    if row.call is not None:
        return row.call(layer, xs, kw)
    return layer(xs if isinstance(row.inputs, list) else xs[0], **kw)


def flat(outputs):
    if isinstance(outputs, (list, tuple)):
        return [x for part in outputs for x in flat(part)]
    return [outputs]


class Result(NamedTuple):
    outputs: list
    input_gradients: list
    weight_gradients: list
    weights: list  # after the call


class Oracle(NamedTuple):
    layer: Any
    start: list  # weights before the call
    along: list  # what the outputs are weighed with, for the gradients
    result: Result


ORACLES: dict[str, Oracle] = {}


def in_keras(row, keras):
    """Keras's layer of a row, its weights before the call, inputs, outputs, and what the outputs are weighed with."""
    import torch

    xs, rng = numbers(row)
    layer = row.make(keras.layers)
    call(row._replace(training=False), layer, [torch.tensor(x) for x in xs], torch.tensor)
    start = []
    for w in layer.weights:
        value = rng.normal(size=w.shape) * 0.5
        kind = "int32" if "int" in str(w.dtype) else "float32"
        start.append((np.abs(value) + 0.5 if "variance" in w.name else value).astype(kind))
    layer.set_weights(start)
    tensors = [torch.tensor(x, requires_grad=x.dtype == np.float32) for x in xs]
    outputs = flat(call(row, layer, tensors, torch.tensor))
    along = [rng.normal(size=tuple(y.shape)).astype("float32") for y in outputs]
    return layer, start, tensors, outputs, along


def oracle(row, keras):
    """What Keras makes of a row; found once."""
    if row.name not in ORACLES:
        import torch

        layer, start, tensors, outputs, along = in_keras(row, keras)
        total = sum((y * torch.tensor(r)).sum() for y, r in zip(outputs, along, strict=True))
        of = [t for t in tensors if t.requires_grad] + [w.value for w in layer.trainable_weights]
        found = torch_gradients(total, of)
        inputs = len(of) - len(layer.trainable_weights)
        result = Result([y.detach().numpy() for y in outputs], found[:inputs], found[inputs:], layer.get_weights())
        ORACLES[row.name] = Oracle(layer, start, along, result)
    return ORACLES[row.name]


def torch_gradients(total, of):
    import torch

    if not of or not total.requires_grad:
        return [np.zeros(tuple(t.shape), "float32") for t in of]
    found = torch.autograd.grad(total, of, allow_unused=True)
    return [np.zeros(tuple(t.shape), "float32") if g is None else g.numpy() for t, g in zip(of, found, strict=True)]


def ours(row, layer, along, engine):
    """Outputs, gradients and weights after the call, on any engine."""
    xs, _ = numbers(row)
    array, numpy = layer.engine.array, layer.engine.to_numpy
    floats = [x.dtype == np.float32 for x in xs]
    xs, along = [array(x) for x in xs], [array(r) for r in along]
    train = layer.trainable_variables

    def total(outputs):
        return sum(((y * r).sum() for y, r in zip(outputs, along, strict=True)), 0.0)

    if engine == "torch":
        for x, is_float in zip(xs, floats, strict=True):
            x.requires_grad_(is_float)
        outputs = flat(call(row, layer, xs, array))
        of = [x for x in xs if x.requires_grad] + [v.value for v in train]
        found = torch_gradients(total(outputs), of)
    elif engine == "jax":
        import jax

        variables = layer.variables
        rest = [v for v in variables if all(v is not t for t in train)]

        def run(real, weights):
            real = iter(real)
            args = [next(real) if is_float else x for x, is_float in zip(xs, floats, strict=True)]
            with swapped([*train, *rest], [*weights, *(v.value for v in rest)]):
                outputs = flat(call(row, layer, args, array))
                return total(outputs), (outputs, [v.value for v in rest])

        real = [x for x, is_float in zip(xs, floats, strict=True) if is_float]
        differentiate = jax.jit(jax.value_and_grad(run, argnums=(0, 1), has_aux=True))
        (_, (outputs, after)), found = differentiate(real, [v.value for v in train])
        found = [numpy(g) for part in found for g in part]
        for v, value in zip(rest, after, strict=True):
            v.value = value
    elif engine == "tensorflow":
        import tensorflow as tf

        of = [x for x, is_float in zip(xs, floats, strict=True) if is_float]
        with tf.GradientTape() as tape:
            for x in of:
                tape.watch(x)
            outputs = flat(call(row, layer, xs, array))
            summed = sum((tf.reduce_sum(y * r) for y, r in zip(outputs, along, strict=True)), 0.0)
        found = tape.gradient(summed, of + [v.value for v in train], unconnected_gradients="zero")
        found = [tf.convert_to_tensor(g).numpy() for g in found]
    else:
        outputs, found = flat(call(row, layer, xs, array)), None
    inputs = sum(floats)
    gradients = (found[:inputs], found[inputs:]) if found is not None else (None, None)
    return Result([numpy(y) for y in outputs], *gradients, layer.get_weights())


def agree(got, expected, what):
    assert len(got) == len(expected), what
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        scale = max(1.0, float(np.abs(b).max())) if b.size else 1.0
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * scale, err_msg=f"{what} {i}")


@pytest.mark.parametrize("name", ROWS)
def test_agrees_with_keras(name, any_engine, keras):
    row = ROWS[name]
    theirs, start, along, expected = oracle(row, keras)
    layer = row.make(layers)
    places = [lanthorn.Input(batch_shape=x.shape, dtype=str(x.dtype)) for x in numbers(row)[0]]
    call(row, layer, places, layer.engine.array)
    assert [(w.name, w.shape) for w in layer.weights] == [(w.name, tuple(w.shape)) for w in theirs.weights]
    assert [w.name for w in layer.trainable_weights] == [w.name for w in theirs.trainable_weights]
    layer.set_weights(start)
    result = ours(row, layer, along, any_engine)
    agree(result.outputs, expected.outputs, "output")
    agree(result.weights, expected.weights, "weight after the call")
    if any_engine != "numpy":
        agree(result.input_gradients, expected.input_gradients, "gradient of input")
        agree(result.weight_gradients, expected.weight_gradients, "gradient of weight")


@pytest.mark.parametrize("name", [row.name for row in TABLE if row.shape])
def test_output_shape_is_that_of_keras(name, engine, keras):
    row = ROWS[name]
    layer = row.make(layers)
    xs, _ = numbers(row)
    if row.call is not None:
        places = [lanthorn.Input(x.shape[1:], dtype=str(x.dtype)) for x in xs]
        outputs = flat(row.call(layer, places, {}))
        specs = [keras.KerasTensor((None, *x.shape[1:])) for x in xs]
        expected = flat(row.call(row.make(keras.layers), specs, {}))
        assert [y.shape for y in outputs] == [tuple(y.shape) for y in expected]
        return
    shapes = [(None, *x.shape[1:]) for x in xs]
    given = shapes if isinstance(row.inputs, list) else shapes[0]
    theirs = row.make(keras.layers)
    places = [keras.KerasTensor(s, dtype=str(x.dtype)) for s, x in zip(shapes, xs, strict=True)]
    expected = theirs(places if isinstance(row.inputs, list) else places[0])
    found = layer.compute_output_shape(given)
    found = [found] if found and not isinstance(found[0], (tuple, list)) else found
    assert [tuple(s) for s in found] == [tuple(y.shape) for y in flat(expected)]


@pytest.mark.parametrize("name", ROWS)
def test_settings_are_read_by_both(name, keras):
    row = ROWS[name]
    theirs = row.make(keras.layers)
    config = theirs.get_config()
    read = getattr(layers, type(theirs).__name__).from_config(config)
    again = type(read).from_config(read.get_config())
    assert again.get_config() == read.get_config()
    assert repr(again) == repr(read)
    back = type(theirs).from_config(read.get_config())
    assert back.get_config() == type(theirs).from_config(config).get_config()
    mine = row.make(layers)
    assert mine.get_config().keys() == read.get_config().keys()
    for key, value in mine.get_config().items():
        if not isinstance(value, dict) and key != "name":  # what holds layers holds their numbered names
            assert value == read.get_config()[key] or value is read.get_config()[key], key


def test_every_layer_has_a_row():
    used = {type(row.make(layers)).__name__ for row in TABLE}
    inside = {"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"}
    elsewhere = {"Lambda", "Wrapper", "Layer", "InputSpec", "InputLayer", "Input", "SpatialDropout3D"}
    elsewhere |= {name for name, home in layers._HOME.items() if "augmenting" in home}  # layers/test_augmenting.py
    elsewhere |= {"StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing", "CategoryEncoding"}
    elsewhere |= {"Discretization"}  # layers/test_texts.py
    public = {name for name in layers.__all__ if name[0].isupper() and layers._ALIASES.get(name) is None}
    assert public - used - inside == elsewhere
    for name in public:
        assert hasattr(layers, name)


def test_batch_normalization_moves_as_in_keras(engine, keras, rng):
    settings = {"momentum": 0.7, "epsilon": 1e-2}
    ours, theirs = layers.BatchNormalization(**settings), keras.layers.BatchNormalization(**settings)
    for step in range(5):
        x = (rng.normal(size=(6, 3, 3, 2)) * (step + 1) + step).astype("float32")
        got, expected = ours(x, training=True), theirs(x, training=True)
        agree([ours.engine.to_numpy(got)], [expected.detach().numpy()], f"output of step {step}")
        agree(ours.get_weights(), theirs.get_weights(), f"weights after step {step}")
    x = rng.normal(size=(2, 3, 3, 2)).astype("float32")
    agree([ours.engine.to_numpy(ours(x))], [theirs(x).detach().numpy()], "output at rest")


def test_names_are_those_of_keras(keras):
    importlib.import_module("lanthorn.backend").clear_session()
    keras.backend.clear_session()
    for row in TABLE:
        assert row.make(layers).name == row.make(keras.layers).name
