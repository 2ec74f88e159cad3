# exercise: gated_block
# true: the gate is multiplied in twice
# not: tanh, like the filter
# not: sigmoid, like the gate


def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    g = torch.sigmoid(causal_conv1d(x, params["wg"], params["bg"], dilation))
    z = f * g * g
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]
