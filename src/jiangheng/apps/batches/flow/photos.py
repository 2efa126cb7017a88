"""照片包: a zip of photos is uploaded and previewed; its good photos are taken, each by its step (K10, W10)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.steps import NOTHING, flow, rule, step_of
from jiangheng.kernel import files, underway
from jiangheng.kernel.perform import perform

from .. import queries
from ..forms import PhotoUpload, TakingPhotos

photopack = flow("photopack", "batches.PhotoPack", _("照片包"), final=("taken", "discarded"))

Given = Mapping[str, Any]
ZIP = "application/zip"


@rule(_("本批次没有可以上传照片的考生"), clause="W10", mend=_("先导入花名册，考生登记后再上传照片"))
def somebody_can_be_photographed(thing: Any) -> bool:
    batch = thing.batch if thing.batch_id else thing.under
    return bool(batch.applications.filter(state__in=step_of("application.photograph").source).exists())


@photopack.step(
    "upload", _("批量上传照片"), source=NOTHING, target="previewed", who=Role.REGISTRAR, under=("batch",),
    asks=PhotoUpload, requires=(somebody_can_be_photographed,), records=("files",), primary=False, clause="W10",
)  # fmt: skip
def upload(thing: Any, given: Given, actor: Actor) -> None:
    thing.batch = thing.under
    data = given["file"].read()
    lines = queries.photo_lines(thing.batch, data)
    thing.file = files.keep(data, name="photos.zip", media_type=ZIP, scope=thing.scope)
    thing.files = len(lines)
    thing.lines = [dataclasses.asdict(line) for line in lines]


@photopack.step(
    "take", _("确认采用"), source="previewed", target="taken", who=Role.REGISTRAR, asks=TakingPhotos,
    requires=(somebody_can_be_photographed,), records=("files", "taken"), clause="W10",
)  # fmt: skip
def take(thing: Any, given: Given, actor: Actor) -> None:
    # matched again now: somebody may have been corrected, withdrawn or seated since the preview
    photograph = step_of("application.photograph")
    lines = []
    with underway.told(f"photopack-{thing.pk}", of=thing.files) as done:
        for line, file in queries.matched_photos(thing.batch, files.read(thing.file)):
            lines.append(line)
            if not line.problem:
                try:
                    # the file's own name may be a person's number: it goes no further than this
                    photo = SimpleUploadedFile("photo.jpg", file.data, "image/jpeg")
                    perform(photograph, line.application, actor=actor, given={}, files={"photo": photo})
                    thing.taken += 1
                except Refused as no:
                    line.problem, line.mend = str(no.refusals[0].reason), str(no.refusals[0].mend)
            if line.problem and given["mode"] == "all":
                raise Refused(
                    [Refusal(_t("预览之后又出现有误的照片，一张也没有采用"), "W10", _t("请重新上传压缩包核对"))]
                )
            done(len(lines))
    thing.lines = [dataclasses.asdict(line) for line in lines]
    if not thing.taken:
        raise Refused([Refusal(line.problem, "W10", line.mend) for line in lines[:20]])


@photopack.step(
    "discard", _("放弃采用"), source="previewed", target="discarded", who=Role.REGISTRAR, primary=False, clause="W10"
)
def discard(thing: Any, given: Given, actor: Actor) -> None: ...
