"""The families of equipment: which numbers each kind must state, in which unit, and how it stands on the map.

This is the contract between the catalogue and every room that reads it: a number that is not listed here is refused when a
catalogue is read, so a misspelt parameter never passes in silence. Units are those of data sheets; names carry them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Parameter:
    """One number of a kind: its unit, what it means and whether every kind of the family must state it."""

    unit: str
    meaning: str
    required: bool = True


@dataclass(frozen=True)
class Family:
    """A family: its title, its geometry ("point", "line" or "unit", which moves) and its numbers and words.

    `traits` maps each word a kind must give to the values it may take ("slot" names a payload sensor: tower-6/radar);
    `carries` says whether it bears payload sensors.

    >>> FAMILIES["radar"].parameters["mdv_mps"].unit
    'm/s'
    """

    title: str
    geometry: str
    parameters: Mapping[str, Parameter]
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    carries: bool = False
    sensor: bool = False


def _numbers(text: str) -> Mapping[str, Parameter]:
    """Parse a table of `name | unit | meaning` lines; a name that ends in ? may be left out."""
    table = {}
    for line in filter(str.strip, text.splitlines()):
        name, unit, meaning = (part.strip() for part in line.split("|"))
        table[name.rstrip("?")] = Parameter(unit, meaning, required=not name.endswith("?"))
    return MappingProxyType(table)


_RADAR = _numbers("""
    range_m               | m      | range at which the reference RCS is detected at the reference probability in one look, dry
    reference_rcs_m2      | m2     | radar cross-section to which range_m refers
    reference_pd          | 1      | probability of detection to which range_m refers
    reference_pfa         | 1      | probability of false alarm per resolution cell at the operating threshold
    instrumented_range_m  | m      | nothing is reported beyond it
    min_range_m           | m      | nothing is reported nearer
    frequency_ghz         | GHz    | carrier; decides loss in rain
    beamwidth_deg         | deg    | azimuth width of the beam (3 dB)
    elevation_low_deg     | deg    | lower edge of the beam above the horizontal
    elevation_high_deg    | deg    | upper edge of the beam above the horizontal
    range_resolution_m    | m      | length of a range cell; nearer movers merge
    sigma_range_m         | m      | standard deviation of range at the reference SNR
    sigma_bearing_deg     | deg    | standard deviation of bearing at the reference SNR
    sigma_range_rate_mps  | m/s    | standard deviation of range rate
    mdv_mps               | m/s    | radial speed below which a mover is lost in ground clutter
    period_s              | s      | time between two looks at one place
    false_alarms_per_h    | 1/h    | false and nuisance detections of the whole radar, calm and dry
    wind_false_factor     | 1      | false alarms are multiplied by this at 10 m/s of wind, linearly from 1 at 3 m/s
    rain_false_factor     | 1      | false alarms are multiplied by this at 4 mm/h of rain, linearly from 1 when dry
    clutter_loss_db       | dB     | loss of SNR against movers well above mdv_mps in the clutter of open farmland
    rain_rejection_db     | dB     | suppression of echoes of rain by polarisation and Doppler filter
    scan_loss_db          | dB     | loss of SNR at the edge of the beam and by straddling
""")

_CAMERA = _numbers("""
    wavelength_um         | um     | centre of the band; decides extinction by haze
    pixels_h              | 1      | picture width in pixels
    pixels_v              | 1      | picture height in pixels
    fov_narrow_deg        | deg    | horizontal field of view when cued (longest focal length)
    fov_wide_deg          | deg    | horizontal field of view when searching
    n50_detect            | cycles | line pairs over the critical size for 50 % detection
    n50_recognise         | cycles | line pairs over the critical size for 50 % recognition (person, animal or vehicle)
    n50_identify          | cycles | line pairs over the critical size for 50 % identification (what it carries, how many)
    contrast_min?         | 1      | visible band: smallest contrast that is still resolved at low spatial frequency
    netd_k?               | K      | thermal band: noise-equivalent temperature difference
    extinction_per_km?    | 1/km   | thermal band: extinction of clear air
    light_min_lux?        | lux    | visible band: illuminance below which the picture is noise
    range_max_m           | m      | nothing is reported beyond it
    min_range_m           | m      | nothing is reported nearer
    sigma_bearing_deg     | deg    | standard deviation of bearing
    sigma_range_fraction  | 1      | standard deviation of range from the picture, as a fraction of range; 0.5 is next to none
    slew_deg_per_s        | deg/s  | speed of the pan head
    dwell_s               | s      | time one field of view is looked at
    period_s              | s      | time of one sweep of its sector when it searches without a cue
    false_alarms_per_h    | 1/h    | false and nuisance detections of the automatic video detector, good weather
    p_attention           | 1      | probability that a thing resolved in the picture is reported (detector and person together)
""")

_SEISMIC = _numbers("""
    range_person_m        | m      | distance at which a walking person is detected with p_detect halved
    range_vehicle_m       | m      | the same for a light vehicle
    range_animal_m        | m      | the same for a sheep or large dog
    range_digging_m       | m      | the same for digging with hand tools
    falloff               | 1      | exponent of the fall: p = p_detect / (1 + (distance / range)^falloff)
    p_detect              | 1      | probability of detection of one passage close by
    p_label               | 1      | probability that person, vehicle and animal are told apart rightly
    sigma_m               | m      | standard deviation of the place it implies
    period_s              | s      | time it stays quiet after a report
    nuisance_per_h        | 1/h    | nuisance reports, calm and dry, no animals
    nuisance_wind_per_h   | 1/h    | added per m/s of wind above 5 m/s
    nuisance_rain_per_h   | 1/h    | added per mm/h of rain
    nuisance_animal_per_h | 1/h    | added by animals at a place with ordinary farm life
    heartbeat_s           | s      | it reports its health this often
    battery_days          | d      | time between changes of battery
""")

_FENCE_SENSOR = _numbers("""
    zone_m                | m      | length of the zone a report names
    sigma_along_m         | m      | standard deviation of the place along the fence
    p_climb               | 1      | probability of detecting a person climbing
    p_cut                 | 1      | probability of detecting cutting
    p_ladder              | 1      | probability of detecting a crossing by ladder that hardly touches
    period_s              | s      | time a zone stays quiet after a report
    nuisance_per_km_h     | 1/km/h | nuisance reports, calm and dry
    nuisance_wind_per_km_h| 1/km/h | added per m/s of wind above 8 m/s
    nuisance_rain_per_km_h| 1/km/h | added per mm/h of rain
    nuisance_animal_per_km_h| 1/km/h | added by animals that touch the fence
    heartbeat_s           | s      | it reports its health this often
""")

_FIBRE = _numbers("""
    reach_m               | m      | fibre one interrogator serves
    channel_m             | m      | spacing of channels
    gauge_m               | m      | gauge length
    sample_hz             | Hz     | pulse rate
    range_walk_m          | m      | distance at which a walking person is detected with p_detect halved
    range_vehicle_m       | m      | the same for a light vehicle
    range_animal_m        | m      | the same for a sheep or large dog
    range_digging_m       | m      | the same for digging with hand tools, slant distance
    range_machine_m       | m      | the same for a digging machine or hammer drill
    falloff               | 1      | exponent of the fall: p = p_detect / (1 + (distance / range)^falloff)
    p_detect              | 1      | probability of detection of one passage over the fibre
    p_label               | 1      | probability that walking, vehicle and digging are told apart rightly
    sigma_along_m         | m      | standard deviation of the place along the fibre
    sigma_offset_m        | m      | standard deviation of the distance from the fibre (the side is not known)
    period_s              | s      | time between two reports of one place
    nuisance_per_km_h     | 1/km/h | nuisance reports, calm and dry
    nuisance_wind_per_km_h| 1/km/h | added per m/s of wind above 8 m/s
    nuisance_rain_per_km_h| 1/km/h | added per mm/h of rain
    nuisance_traffic_per_km_h | 1/km/h | added where a road with traffic runs along
    nuisance_animal_per_km_h | 1/km/h | added by animals
    heartbeat_s           | s      | the interrogator reports its health this often
""")

_AEROSTAT = _numbers("""
    altitude_m            | m      | usual height of the payload above ground
    altitude_max_m        | m      | greatest height above ground
    payload_kg            | kg     | payload it lifts
    endurance_h           | h      | time aloft between refills
    launch_wind_mps       | m/s    | surface wind (10 m) above which it is neither launched nor recovered by plan
    mooring_wind_mps      | m/s    | surface wind it survives moored
    gust_factor           | 1      | gust to mean wind at height used with the wind limit
    recovery_s            | s      | time from the order to come down to the saddle
    launch_s              | s      | time from the order to go up to the first picture
    recall_margin_s       | s      | it is recalled when the limit is forecast within this time
    calm_before_launch_s  | s      | wind must have stayed below the limit this long before it goes up again
    sway_m                | m      | standard deviation of the horizontal place of the payload at half the wind limit
    weather_availability  | 1      | share of time that weather lets it fly at a windy site: checks the wind model
""")

_TOWER = _numbers("""
    height_m              | m      | height of its sensors above ground
    min_range_m           | m      | ground nearer than this is below its beams
    heartbeat_s           | s      | it reports its health this often
    power_kw              | kW     | electric power
""")

_BARRIER = """
    height_m              | m      | height
    delay_climb_s         | s      | time one trained person takes to cross over it
    delay_tools_s         | s      | time to breach it with hand or power tools
    delay_ladder_s        | s      | time to cross with a ladder or a padded blanket
    vehicle_stop          | 1      | probability that it stops a light vehicle driven at it
    repair_h              | h      | time from a breach that is known to the repair
    repair_cost           | USD    | cost of one repair
    breaches_per_km_year  | 1/km/year | breaches to be repaired
    build_m_per_day       | m/d    | pace of building by one contractor
"""

_WALL = _numbers(
    _BARRIER
    + """
    thickness_m           | m      | thickness
    block_mass_t          | t      | mass of one block
    block_length_m        | m      | length of one block along the line
"""
)

_FENCE = _numbers(_BARRIER)

_GATE = _numbers("""
    width_m               | m      | clear width
    delay_s               | s      | time to force it when shut and locked
    vehicle_stop          | 1      | probability that it stops a light vehicle driven at it
    open_s                | s      | time a patrol needs to open, pass and shut it
""")

_CHECKPOINT = _numbers("""
    p_detect              | 1      | probability that material of concern which is presented is called (named or alarmed)
    p_false_alarm         | 1      | probability that harmless goods are called
    p_no_answer           | 1      | probability of "unknown" or "not enough signal"
    test_s                | s      | time of one test with handling
    tests_per_h           | 1/h    | most tests an hour with its crew
    min_fraction          | 1      | share of the material in a mixture below which it is not found
    standoff_m?           | m      | distance at which it works; 0 is contact
""")

_PATROL = _numbers("""
    people                | 1      | people who go
    ready_s               | s      | time from the order until it moves
    speed_road_mps        | m/s    | speed on the border road
    speed_open_mps        | m/s    | speed across open ground by day
    night_factor          | 1      | speed by night as a share of speed by day
    sight_day_m           | m      | distance at which it notices a walking person by day
    sight_night_m         | m      | the same by night with its own aids
    range_m               | m      | farthest it goes from its base
    available             | 1      | share of its shift that it is free to be sent
    handle_s              | s      | time it is bound after it has met people
""")

_POST = _numbers("""
    garrison              | 1      | people it houses
    units                 | 1      | patrols it can keep
    sight_day_m           | m      | distance at which its sentries notice a walking person by day
    sight_night_m         | m      | the same by night
""")

_DRONE = _numbers("""
    ready_s               | s      | time from the order to take-off
    speed_mps             | m/s    | speed to the place
    endurance_s           | s      | time in the air on one charge
    turnaround_s          | s      | time between two flights
    range_m               | m      | farthest it goes from its base (link)
    height_m              | m      | height above ground on station
    rain_limit_mm_h       | mm/h   | it does not fly in heavier rain
    visibility_limit_m    | m      | it does not fly in poorer visibility
""")

_BANDS = ("visible", "swir", "mwir", "lwir")

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "aerostat": Family("Tethered aerostat", "point", _AEROSTAT, carries=True),
        "tower": Family("Tower", "point", _TOWER, carries=True),
        "radar": Family("Radar", "point", _RADAR, {"slot": ("radar",), "platform": ("ground", "air")}, sensor=True),
        "camera": Family("Camera", "point", _CAMERA, {"slot": ("day", "thermal"), "band": _BANDS}, sensor=True),
        "seismic": Family("Ground sensor", "point", _SEISMIC, sensor=True),
        "fence_sensor": Family("Fence sensor", "line", _FENCE_SENSOR, sensor=True),
        "fibre": Family("Buried fibre (DAS)", "line", _FIBRE, sensor=True),
        "wall": Family("Wall", "line", _WALL),
        "fence": Family("Fence or vehicle barrier", "line", _FENCE),
        "gate": Family("Gate", "point", _GATE),
        "checkpoint": Family("Checkpoint instrument", "point", _CHECKPOINT, {"method": ("raman", "ftir", "nir", "portal")}),
        "patrol": Family("Patrol", "unit", _PATROL, {"means": ("foot", "vehicle", "mounted")}),
        "post": Family("Post", "point", _POST),
        "drone": Family("Drone", "unit", _DRONE, carries=True),
    }
)
"""Every family of the catalogue, by the key that `family = "..."` names."""

KIND_PARAMETERS = _numbers("""
    capital               | USD    | price of one piece or km, installed
    yearly                | USD/year | upkeep and running for a year, people apart
    life_years            | year   | years until it is replaced
    crew                  | people | people on duty for it at any hour
    availability          | 1      | share of the time it works, weather apart
    wind_limit?           | m/s    | wind at its own height, gusts included, above which it does not work
""")
"""What a kind of any family states besides its performance."""

TARGET_PARAMETERS = _numbers("""
    rcs_m2                | m2     | mean radar cross-section
    swerling?             | 1      | how its echo fades: 0 steady, 1 many reflectors (default), 3 one strong among weak
    size_m                | m      | critical size for resolving it in a picture (Johnson)
    height_m              | m      | height of its top above ground
    speed_mps             | m/s    | usual speed of one that crosses
    speed_max_mps         | m/s    | greatest speed kept up for minutes
    contrast              | 1      | contrast with open ground in the visible band by day
    contrast_k            | K      | temperature contrast with open ground at night
    members               | 1      | how many it is
""")
"""What a catalogue's `[targets]` table must say about each class: the same for all sensors that look at it."""

STAFFING_PARAMETERS = _numbers("""
    weekly_hours          | h      | hours one person works a week
    available_share       | 1      | share of those hours spent on the job the crew is for
    person_year           | USD    | yearly cost of one person on the roll
""")
"""What a catalogue's `[staffing]` table must say: how people on duty become people on the roll and money."""
