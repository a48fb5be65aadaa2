"""All thresholds of the watch in one place, by part; every one has a default and is documented where it is used."""

from __future__ import annotations

from dataclasses import dataclass, field

from limes.watch.alerts import DeskSettings
from limes.watch.assessment import AssessmentSettings
from limes.watch.conditions import ConditionSettings
from limes.watch.conduct import ConductSettings
from limes.watch.distress import DistressSettings
from limes.watch.ground import GroundSettings
from limes.watch.health import HealthSettings
from limes.watch.load import Budget
from limes.watch.losses import LossSettings
from limes.watch.nuisance import NuisanceSettings
from limes.watch.picture import PictureSettings
from limes.watch.rendering import RenderSettings
from limes.watch.strip import StripSettings
from limes.watch.surroundings import HardshipSettings
from limes.watch.units import UnitSettings


@dataclass(frozen=True)
class PipelineSettings:
    """Settings of the pipeline's parts.

    `hold_s`: how long rows wait for others before they are worked on. `away_s`: when the stream's clock jumps by more, the
    assessment takes strides of a minute. `forget_s`: how long sightings of tracks without a case are kept; `past`: how many
    old cases are.
    """

    hold_s: float = 0.3
    away_s: float = 600.0
    forget_s: float = 1800.0
    past: int = 500
    picture: PictureSettings = field(default_factory=PictureSettings)
    conduct: ConductSettings = field(default_factory=ConductSettings)
    assessment: AssessmentSettings = field(default_factory=AssessmentSettings)
    distress: DistressSettings = field(default_factory=DistressSettings)
    hardship: HardshipSettings = field(default_factory=HardshipSettings)
    ground: GroundSettings = field(default_factory=GroundSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    budget: Budget = field(default_factory=Budget)
    nuisance: NuisanceSettings = field(default_factory=NuisanceSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    losses: LossSettings = field(default_factory=LossSettings)
    conditions: ConditionSettings = field(default_factory=ConditionSettings)
    strip: StripSettings = field(default_factory=StripSettings)
    units: UnitSettings = field(default_factory=UnitSettings)
    rendering: RenderSettings = field(default_factory=RenderSettings)
