# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from ..core.input_spec import InputSpec as InputSpec
from ..core.layer import Layer as Layer
from ..models.input_layer import Input as Input
from ..models.input_layer import InputLayer as InputLayer
from ..old.convolutions import Convolution2D as Convolution2D
from ..old.convolutions import Convolution3D as Convolution3D
from ..old.convolutions import Deconvolution2D as Deconv2D
from ..old.convolutions import Deconvolution2D as Deconvolution2D
from ..old.convolutions import SeparableConvolution2D as SeparableConvolution2D
from .activation import Activation as Activation
from .activation import ELU as ELU
from .activation import LeakyReLU as LeakyReLU
from .activation import PReLU as PReLU
from .activation import ReLU as ReLU
from .activation import Softmax as Softmax
from .activity_regularization import ActivityRegularization as ActivityRegularization
from .adaptive_pooling import AdaptiveAveragePooling1D as AdaptiveAveragePooling1D
from .adaptive_pooling import AdaptiveAveragePooling2D as AdaptiveAveragePooling2D
from .adaptive_pooling import AdaptiveAveragePooling3D as AdaptiveAveragePooling3D
from .adaptive_pooling import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from .adaptive_pooling import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from .adaptive_pooling import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from .attention import AdditiveAttention as AdditiveAttention
from .attention import Attention as Attention
from .augmenting.affine import RandomRotation as RandomRotation
from .augmenting.affine import RandomShear as RandomShear
from .augmenting.affine import RandomTranslation as RandomTranslation
from .augmenting.affine import RandomZoom as RandomZoom
from .augmenting.colours import RandomBrightness as RandomBrightness
from .augmenting.colours import RandomColorDegeneration as RandomColorDegeneration
from .augmenting.colours import RandomContrast as RandomContrast
from .augmenting.colours import RandomHue as RandomHue
from .augmenting.colours import RandomSaturation as RandomSaturation
from .augmenting.colours import RandomSharpness as RandomSharpness
from .augmenting.count import MaxNumBoundingBoxes as MaxNumBoundingBoxes
from .augmenting.erasing import RandomErasing as RandomErasing
from .augmenting.erasing import RandomGaussianBlur as RandomGaussianBlur
from .augmenting.flip import RandomFlip as RandomFlip
from .augmenting.histograms import AutoContrast as AutoContrast
from .augmenting.histograms import ContrastLimitedAdaptiveHistogramEqualization as ContrastLimitedAdaptiveHistogramEqualization
from .augmenting.histograms import Equalization as Equalization
from .augmenting.histograms import RandomPosterization as RandomPosterization
from .augmenting.histograms import Solarization as Solarization
from .augmenting.mixing import CutMix as CutMix
from .augmenting.mixing import MixUp as MixUp
from .augmenting.policies import AugMix as AugMix
from .augmenting.policies import Pipeline as Pipeline
from .augmenting.policies import RandAugment as RandAugment
from .augmenting.policies import RandomColorJitter as RandomColorJitter
from .augmenting.some import RandomGrayscale as RandomGrayscale
from .augmenting.some import RandomInvert as RandomInvert
from .augmenting.warp import RandomCrop as RandomCrop
from .augmenting.warp import RandomElasticTransform as RandomElasticTransform
from .augmenting.warp import RandomPerspective as RandomPerspective
from .batch_normalization import BatchNormalization as BatchNormalization
from .bidirectional import Bidirectional as Bidirectional
from .category_encoding import CategoryEncoding as CategoryEncoding
from .conv_lstm import ConvLSTM1D as ConvLSTM1D
from .conv_lstm import ConvLSTM2D as ConvLSTM2D
from .conv_lstm import ConvLSTM3D as ConvLSTM3D
from .convolution import Conv1D as Conv1D
from .convolution import Conv1D as Convolution1D
from .convolution import Conv2D as Conv2D
from .convolution import Conv3D as Conv3D
from .dense import Dense as Dense
from .depthwise_convolution import DepthwiseConv1D as DepthwiseConv1D
from .depthwise_convolution import DepthwiseConv2D as DepthwiseConv2D
from .depthwise_convolution import DepthwiseConv2D as DepthwiseConvolution2D
from .discretization import Discretization as Discretization
from .dropout import Dropout as Dropout
from .dropout import SpatialDropout1D as SpatialDropout1D
from .dropout import SpatialDropout2D as SpatialDropout2D
from .dropout import SpatialDropout3D as SpatialDropout3D
from .einsum_dense import EinsumDense as EinsumDense
from .embedding import Embedding as Embedding
from .global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from .global_pooling import GlobalAveragePooling1D as GlobalAvgPool1D
from .global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from .global_pooling import GlobalAveragePooling2D as GlobalAvgPool2D
from .global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from .global_pooling import GlobalAveragePooling3D as GlobalAvgPool3D
from .global_pooling import GlobalMaxPooling1D as GlobalMaxPool1D
from .global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from .global_pooling import GlobalMaxPooling2D as GlobalMaxPool2D
from .global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from .global_pooling import GlobalMaxPooling3D as GlobalMaxPool3D
from .global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from .group_normalization import GroupNormalization as GroupNormalization
from .grouped_query_attention import GroupedQueryAttention as GroupQueryAttention
from .grouped_query_attention import GroupedQueryAttention as GroupedQueryAttention
from .gru import GRU as GRU
from .gru import GRUCell as GRUCell
from .hashing import HashedCrossing as HashedCrossing
from .hashing import Hashing as Hashing
from .integer_lookup import IntegerLookup as IntegerLookup
from .lambda_layer import Lambda as Lambda
from .layer_normalization import LayerNormalization as LayerNormalization
from .layer_normalization import RMSNormalization as RMSNormalization
from .lstm import LSTM as LSTM
from .lstm import LSTMCell as LSTMCell
from .masking import Masking as Masking
from .mel_spectrogram import MelSpectrogram as MelSpectrogram
from .merging import Add as Add
from .merging import Average as Average
from .merging import Concatenate as Concatenate
from .merging import Dot as Dot
from .merging import Maximum as Maximum
from .merging import Minimum as Minimum
from .merging import Multiply as Multiply
from .merging import Subtract as Subtract
from .merging import add as add
from .merging import average as average
from .merging import concatenate as concatenate
from .merging import dot as dot
from .merging import maximum as maximum
from .merging import minimum as minimum
from .merging import multiply as multiply
from .merging import subtract as subtract
from .multi_head_attention import MultiHeadAttention as MultiHeadAttention
from .noise import AlphaDropout as AlphaDropout
from .noise import GaussianDropout as GaussianDropout
from .noise import GaussianNoise as GaussianNoise
from .normalization import Normalization as Normalization
from .padding import Cropping1D as Cropping1D
from .padding import Cropping2D as Cropping2D
from .padding import Cropping3D as Cropping3D
from .padding import ZeroPadding1D as ZeroPadding1D
from .padding import ZeroPadding2D as ZeroPadding2D
from .padding import ZeroPadding3D as ZeroPadding3D
from .pooling import AveragePooling1D as AveragePooling1D
from .pooling import AveragePooling1D as AvgPool1D
from .pooling import AveragePooling2D as AveragePooling2D
from .pooling import AveragePooling2D as AvgPool2D
from .pooling import AveragePooling3D as AveragePooling3D
from .pooling import AveragePooling3D as AvgPool3D
from .pooling import MaxPooling1D as MaxPool1D
from .pooling import MaxPooling1D as MaxPooling1D
from .pooling import MaxPooling2D as MaxPool2D
from .pooling import MaxPooling2D as MaxPooling2D
from .pooling import MaxPooling3D as MaxPool3D
from .pooling import MaxPooling3D as MaxPooling3D
from .rescaling import Rescaling as Rescaling
from .reshaping import Flatten as Flatten
from .reshaping import Identity as Identity
from .reshaping import Permute as Permute
from .reshaping import RepeatVector as RepeatVector
from .reshaping import Reshape as Reshape
from .resizing import CenterCrop as CenterCrop
from .resizing import Resizing as Resizing
from .resizing import UpSampling1D as UpSampling1D
from .resizing import UpSampling2D as UpSampling2D
from .resizing import UpSampling3D as UpSampling3D
from .reversible_embedding import ReversibleEmbedding as ReversibleEmbedding
from .rnn import RNN as RNN
from .separable_convolution import SeparableConv1D as SeparableConv1D
from .separable_convolution import SeparableConv1D as SeparableConvolution1D
from .separable_convolution import SeparableConv2D as SeparableConv2D
from .simple_rnn import SimpleRNN as SimpleRNN
from .simple_rnn import SimpleRNNCell as SimpleRNNCell
from .spectral_normalization import SpectralNormalization as SpectralNormalization
from .stacked_rnn_cells import StackedRNNCells as StackedRNNCells
from .stft_spectrogram import STFTSpectrogram as STFTSpectrogram
from .string_lookup import StringLookup as StringLookup
from .text_vectorization import TextVectorization as TextVectorization
from .time_distributed import TimeDistributed as TimeDistributed
from .transposed_convolution import Conv1DTranspose as Conv1DTranspose
from .transposed_convolution import Conv1DTranspose as Convolution1DTranspose
from .transposed_convolution import Conv2DTranspose as Conv2DTranspose
from .transposed_convolution import Conv2DTranspose as Convolution2DTranspose
from .transposed_convolution import Conv3DTranspose as Conv3DTranspose
from .transposed_convolution import Conv3DTranspose as Convolution3DTranspose
from .unit_normalization import UnitNormalization as UnitNormalization
from .wrapper import Wrapper as Wrapper

def deserialize(*args: Any, **kwargs: Any) -> Any: ...
def get(*args: Any, **kwargs: Any) -> Any: ...
def serialize(*args: Any, **kwargs: Any) -> Any: ...

__all__ = [
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AugMix",
    "AutoContrast",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CutMix",
    "Deconv2D",
    "Deconvolution2D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "DepthwiseConvolution2D",
    "Discretization",
    "Dot",
    "Dropout",
    "ELU",
    "EinsumDense",
    "Embedding",
    "Equalization",
    "Flatten",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "GroupedQueryAttention",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxNumBoundingBoxes",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "MelSpectrogram",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RNN",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "get",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
