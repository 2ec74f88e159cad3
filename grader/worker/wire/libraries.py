"""What is known of the libraries that units use: the one place to add a library, or a tool that a unit forbids."""

# What torch imports lazily, some of it only when an optimizer is made.
NEEDS = {
    "torch": (
        "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx",
        "jinja2", "markupsafe", "filelock", "fsspec", "packaging", "numpy",
    )
}  # fmt: skip
# Too heavy to load in the host for one answer: what an oracle imports where it takes long.
HEAVY = ("torch", "tiktoken")
# One thread each: a forked child of a process that ran a parallel operation hangs for ever.
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
# Operations of torch that contain a finished tool or give the same: they are refused with it.
RELATIVES = {
    "scaled_dot_product_attention": (
        *("_scaled_dot_product_attention_math", "_scaled_dot_product_flash_attention_for_cpu"),
        *("_scaled_dot_product_flash_attention", "_scaled_dot_product_efficient_attention"),
        *("_scaled_dot_product_fused_attention_overrideable", "_native_multi_head_attention"),
        *("_flash_attention_forward", "_efficient_attention_forward", "_transformer_encoder_layer_fwd"),
    ),
    "layer_norm": (
        *("native_layer_norm", "group_norm", "native_group_norm", "instance_norm", "batch_norm", "native_batch_norm"),
        *("_batch_norm_impl_index", "_native_batch_norm_legit", "_native_batch_norm_legit_functional"),
        *("_native_batch_norm_legit_no_training", "_batch_norm_with_update", "_batch_norm_no_update"),
        *("_batch_norm_with_update_functional", "rms_norm", "_fused_rms_norm"),  # rms_norm of x - mean(x) is layer_norm
        *("quantized::layer_norm", "quantized::group_norm", "quantized::instance_norm"),
    ),
    "dropout": (
        *("native_dropout", "_fused_dropout", "dropout_", "feature_dropout", "feature_dropout_", "alpha_dropout"),
        *("alpha_dropout_", "feature_alpha_dropout", "feature_alpha_dropout_"),
    ),
    "gelu": (
        *("gelu_", "_addmm_activation", "mkldnn::_linear_pointwise", "mkldnn::_convolution_pointwise"),
        *("mkldnn::_convolution_pointwise_", "mkldnn::_convolution_transpose_pointwise"),
        *("onednn::qlinear_pointwise", "onednn::qconv_pointwise", "onednn::qconv1d_pointwise"),
        *("onednn::qconv2d_pointwise", "onednn::qconv3d_pointwise"),
    ),
    "cross_entropy": ("cross_entropy_loss",),
}
