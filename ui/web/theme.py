"""How the page looks: system fonts only, so that nothing is fetched; page.css does the rest."""

from pathlib import Path
from urllib.parse import quote

from gradio.themes import Base
from gradio.themes.utils import sizes

_SANS = (
    "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial",
    "Noto Sans Arabic", "Geeza Pro", "Noto Sans Hebrew", "Noto Sans Devanagari", "Kohinoor Devanagari", "Nirmala UI",
    "Noto Sans CJK SC", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Malgun Gothic", "sans-serif",
)  # fmt: skip
_MONO = ("ui-monospace", "Menlo", "Consolas", "Liberation Mono", "monospace")
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d4b63"/>'
    '<path d="M9 8h6a8 8 0 0 1 0 16H9z" fill="none" stroke="#fff" stroke-width="3.4"/></svg>'
)

HEAD = f'<link rel="icon" href="data:image/svg+xml,{quote(_LOGO)}"><meta name="color-scheme" content="light dark">'


def make_theme() -> Base:
    """The theme, light and dark; colours by pairs of a paper and an ink."""
    theme = Base(font=_SANS, font_mono=_MONO, text_size=sizes.text_md, radius_size=sizes.radius_sm)
    colours = {
        "body_background_fill": ("#f6f4ef", "#131518"),
        "body_text_color": ("#1d1c1a", "#e8e5de"),
        "body_text_color_subdued": ("#5f5b54", "#a5a199"),
        "background_fill_primary": ("#ffffff", "#1b1e22"),
        "background_fill_secondary": ("#f6f4ef", "#131518"),
        "border_color_primary": ("#dcd7cc", "#343940"),
        "border_color_accent": ("#1d4b63", "#8fc1dc"),
        "color_accent_soft": ("#e3edf2", "#233743"),
        "link_text_color": ("#1d4b63", "#8fc1dc"),
        "block_background_fill": ("transparent", "transparent"),
        "block_label_text_color": ("#5f5b54", "#a5a199"),
        "block_title_text_color": ("#5f5b54", "#a5a199"),
        "input_background_fill": ("#ffffff", "#1b1e22"),
        "input_border_color": ("#8d877c", "#6b717a"),
        "input_border_color_focus": ("#1d4b63", "#8fc1dc"),
        "input_placeholder_color": ("#6b665d", "#98948c"),
        "button_primary_background_fill": ("#1d4b63", "#8fc1dc"),
        "button_primary_background_fill_hover": ("#143a4e", "#abd3e8"),
        "button_primary_text_color": ("#ffffff", "#10222c"),
        "button_secondary_background_fill": ("transparent", "transparent"),
        "button_secondary_background_fill_hover": ("#ebe7dd", "#262b31"),
        "button_secondary_text_color": ("#1d1c1a", "#e8e5de"),
    }
    values = {name: light for name, (light, _) in colours.items()}
    values |= {f"{name}_dark": dark for name, (_, dark) in colours.items()}
    return theme.set(block_border_width="0px", block_shadow="none", input_shadow="none", **values)


def read_asset(name: str) -> str:
    """The text of a file that stands beside this module."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
