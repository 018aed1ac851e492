"""Build the pipeline on Ray Data, and run it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import ray
import ray.data
from ray.data import ActorPoolStrategy, DataContext

from inquote.index.distributed.stages import Embedding, read_and_cut, rows
from inquote.index.distributed.tasks import share_out
from inquote.index.distributed.work import Job

BLOCK_BYTES = 8 * 1024 * 1024  # of files that go from stage to stage together


def outcomes(job: Job, desk: Any) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pickled file and the pickled embeddings of each file, in any order."""
    dataset = read_stage(job)
    work = job.work
    machines = _machines()
    gpus = int(ray.cluster_resources().get("GPU", 0))
    # A GPU embeds alone; without one, a machine embeds with all its processors, half of them taken
    # from reading.
    embedding = dataset.map_batches(
        Embedding,
        fn_constructor_args=(work, partial(_ask, desk), _device),
        batch_size=None,
        batch_format="pyarrow",
        compute=ActorPoolStrategy(min_size=1, max_size=gpus or len(machines)),
        num_cpus=0 if gpus else int(min(machines)) // 2,
        num_gpus=1 if gpus else 0,
        memory=1,  # with equal claims both stages would be put into one
    )
    for table in embedding.iter_batches(batch_size=None, batch_format="pyarrow"):
        files, vectors = table.column("file"), table.column("vectors")
        for file, embedded in zip(files, vectors, strict=True):
            yield file.as_py(), embedded.as_py()


def read_stage(job: Job) -> Any:
    """Return the dataset of a job's files, read, parsed and cut."""
    _configure()
    tasks = share_out(job.files, ray.cluster_resources().get("CPU", 1))
    files = ray.data.from_arrow([rows(source=task) for task in tasks])
    return files.map_batches(
        read_and_cut,
        fn_args=(job.work,),
        batch_size=None,
        batch_format="pyarrow",
        num_cpus=1,
    )


def _configure() -> None:
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.target_max_block_size = BLOCK_BYTES


def _machines() -> list[float]:
    """Return the processors of each machine that has any."""
    processors = []
    for node in ray.nodes():
        if node["Alive"] and node["Resources"].get("CPU"):
            processors.append(node["Resources"]["CPU"])
    return processors


def _ask(desk: Any, keys: list[str]) -> list[str]:
    missing: list[str] = ray.get(desk.missing.remote(keys))
    return missing


def _device() -> str:
    """Return the device of this worker, after giving its threads to torch."""
    import torch

    if ray.get_gpu_ids():
        return "cuda"
    here = ray.get_runtime_context().get_node_id()
    for node in ray.nodes():
        if node["NodeID"] == here:
            torch.set_num_threads(max(1, int(node["Resources"].get("CPU", 1))))
    return "cpu"
