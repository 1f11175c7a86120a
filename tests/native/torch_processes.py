"""What one of two processes does in the tests of torch.distributed: run as a program of its own.

python torch_processes.py TOOL KIND RANK FILE  prints the losses of five steps, each process on half of the batch.
"""

import sys

import torch
import torch.distributed as dist
from torch_nets import data, fit, make, train

import lanthorn as keras


def wrapped(tool, net):
    """The network under a tool that spreads it."""
    if tool == "ddp":
        return torch.nn.parallel.DistributedDataParallel(net)
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    settings = {"mp_policy": MixedPrecisionPolicy(torch.bfloat16, torch.float32)} if tool == "fsdp bf16" else {}
    for child in net.children():
        fully_shard(child, **settings)
    return fully_shard(net, **settings)


def main(tool, kind, rank, file):
    keras.set_engine("torch")
    dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2)
    x, y = data(16)
    model = make(kind)
    net = wrapped(tool, model.torch())
    losses = torch.tensor(train(net, x[rank::2], y[rank::2], steps=6, lr=0.3))
    dist.all_reduce(losses)
    if tool != "ddp":
        kinds = {type(p.data).__name__ for p in net.parameters()}
        assert kinds == {"DTensor"}, kinds
        assert sum(p.to_local().numel() for p in net.parameters()) < 67, "each process holds a part"
        weights = model.get_weights()
        assert [w.shape for w in weights] == [(4, 8), (8,), (8, 3), (3,)], "each process can ask for the whole"
        try:
            fit(model, x, y)
        except ValueError as error:
            assert "spread over processes" in str(error), error
        else:
            raise AssertionError("fit took a part for the whole")
    if rank == 0:
        print("LOSSES", *(losses / 2).tolist())
    dist.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
