"""Assets: what is known of them, reading and changing them, and what was generated from what.

Publish marks are in ``publishing``, deletion is in ``trash``, regions are in ``image_maps``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.faults import AssetOperationFault
from wsdl.contract.image_maps import ImageMap, ZoomTarget
from wsdl.contract.metadata import Metadata
from wsdl.contract.permissions import Permission
from wsdl.contract.presets import ViewerPresetInfo
from wsdl.declare import Handle, Long, Required, Since, message, operation
from wsdl.roles import ACCOUNT_ADMINS, EVERY_ROLE, JOB_OWNERS, WRITERS, Role
from wsdl.versions import V2008_01_15, V2008_09_10, V2009_07_31, V2010_01_31, V2012_02_14, V2014_04_03


@message
class Mask:
    """A mask of an image."""

    mask_handle: Handle | None = None
    name: str | None = None
    mask_path: str | None = None
    mask_file: str | None = None
    last_modified: datetime | None = None


@message
class ImageInfo:
    """What an image asset adds: its files, size in pixels, resolution in pixels per inch, anchor and hot spots."""

    original_path: str | None = None
    original_file: str | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None
    mask_path: str | None = None
    mask_file: str | None = None
    width: int | None = None
    height: int | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    resolution: float | None = None
    sku: str | None = None
    description: str | None = None
    comments: str | None = None
    user_data: str | None = None
    anchor_x: int | None = None
    anchor_y: int | None = None
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None
    zoom_targets: Sequence[ZoomTarget] | None = None
    masks: Sequence[Mask] | None = None
    image_maps: Sequence[ImageMap] | None = None


@message
class LayerViewInfo:
    """What a layer view adds: the commands that make it."""

    url: str | None = None
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class TemplateInfo:
    """What a template adds: the commands that make it."""

    url: str | None = None
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class WatermarkInfo:
    """What a watermark adds: the commands that make it."""

    url: str | None = None
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class RenderSceneInfo:
    """What a render scene adds: its URL."""

    url: str | None = None


@message
class VignetteInfo:
    """What a vignette adds: its original, its image and its optimised file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    image_path: str | None = None
    image_file: str | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None


@message
class CabinetInfo:
    """What a cabinet adds: its original, its image and its optimised file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    image_path: str | None = None
    image_file: str | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None


@message
class WindowCoveringInfo:
    """What a window covering adds: its original, its image and its optimised file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    image_path: str | None = None
    image_file: str | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None


@message
class IccProfileInfo:
    """What an ICC profile adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class FontInfo:
    """What a font adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class XslInfo:
    """What an XSL stylesheet adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class ViewerSwfInfo:
    """What a Flash viewer adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class XmlInfo:
    """What an XML document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class SvgInfo:
    """What an SVG drawing adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class FxgInfo:
    """What an FXG drawing adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message(Since(V2008_09_10))
class PdfSettingsInfo:
    """What a file of PDF settings adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message
class ZipInfo:
    """What an archive adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class VideoInfo:
    """What a video adds: its original, its thumbnail image and its encoded file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    image_path: str | None = None
    image_file: str | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None


@message
class AcoInfo:
    """What a file of colour swatches adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class PdfInfo:
    """What a PDF document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class PsdInfo:
    """What a Photoshop document adds: its original and its optimised file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None
    optimized_path: Annotated[str | None, Since(V2012_02_14)] = None
    optimized_file: Annotated[str | None, Since(V2012_02_14)] = None


@message
class FlashInfo:
    """What a Flash film adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message
class InDesignInfo:
    """What an InDesign document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Annotated[Long | None, Since(V2008_01_15)] = None


@message(Since(V2008_01_15))
class PostScriptInfo:
    """What a PostScript document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_01_15))
class IllustratorInfo:
    """What an Illustrator document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_01_15))
class WordInfo:
    """What a Word document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_01_15))
class ExcelInfo:
    """What an Excel document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_01_15))
class PowerPointInfo:
    """What a PowerPoint document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_09_10))
class RTFInfo:
    """What an RTF document adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_09_10))
class MaskInfo:
    """What a mask adds: its file."""

    mask_path: str | None = None
    mask_file: str | None = None


@message(Since(V2008_09_10))
class PremiereExpressRemixInfo:
    """What a Premiere Express remix adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_09_10))
class CuePointInfo:
    """What a file of cue points adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2008_09_10))
class AudioInfo:
    """What an audio file adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2009_07_31))
class AssetSetInfo:
    """What an asset set adds: its definition."""

    set_definition: str | None = None


@message(Since(V2009_07_31))
class MasterVideoInfo:
    """What the original of encoded videos adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2010_01_31))
class AnimatedGifInfo:
    """What an animated GIF adds: its original and its optimised file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None
    optimized_path: str | None = None
    optimized_file: str | None = None


@message(Since(V2010_01_31))
class SwcInfo:
    """What a Flash component adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2010_01_31))
class CssInfo:
    """What a CSS stylesheet adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2010_01_31))
class JavascriptInfo:
    """What a script adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message(Since(V2014_04_03))
class VideoCaptionInfo:
    """What a file of video captions adds: its file."""

    original_path: str | None = None
    original_file: str | None = None
    file_size: Long | None = None


@message
class Asset:
    """An asset of any type; of the info blocks only its type's is given."""

    asset_handle: Handle | None = None
    type: str | None = None
    sub_type: Annotated[str | None, Since(V2009_07_31)] = None
    name: str | None = None
    file_name: Annotated[str | None, Since(V2010_01_31)] = None
    folder: str | None = None
    folder_handle: Handle | None = None
    ready_for_publish: Annotated[bool | None, Since(V2008_09_10)] = None
    trash_state: Annotated[str | None, Since(V2008_09_10)] = None
    projects: str | None = None
    ips_image_url: str | None = None
    created: datetime | None = None
    create_user: str | None = None
    last_modified: datetime | None = None
    last_modify_user: str | None = None
    metadata_array: Sequence[Metadata] | None = None
    image_info: ImageInfo | None = None
    layer_view_info: LayerViewInfo | None = None
    template_info: TemplateInfo | None = None
    watermark_info: WatermarkInfo | None = None
    render_scene_info: RenderSceneInfo | None = None
    vignette_info: VignetteInfo | None = None
    cabinet_info: CabinetInfo | None = None
    window_covering_info: WindowCoveringInfo | None = None
    icc_profile_info: IccProfileInfo | None = None
    font_info: FontInfo | None = None
    xsl_info: XslInfo | None = None
    viewer_preset_info: ViewerPresetInfo | None = None
    viewer_swf_info: ViewerSwfInfo | None = None
    xml_info: XmlInfo | None = None
    svg_info: SvgInfo | None = None
    fxg_info: FxgInfo | None = None
    pdf_settings_info: PdfSettingsInfo | None = None
    zip_info: ZipInfo | None = None
    video_info: VideoInfo | None = None
    aco_info: AcoInfo | None = None
    pdf_info: PdfInfo | None = None
    psd_info: PsdInfo | None = None
    flash_info: FlashInfo | None = None
    in_design_info: InDesignInfo | None = None
    post_script_info: PostScriptInfo | None = None
    illustrator_info: IllustratorInfo | None = None
    word_info: WordInfo | None = None
    excel_info: ExcelInfo | None = None
    power_point_info: PowerPointInfo | None = None
    rtf_info: RTFInfo | None = None
    mask_info: MaskInfo | None = None
    premiere_express_remix_info: PremiereExpressRemixInfo | None = None
    cue_point_info: CuePointInfo | None = None
    audio_info: AudioInfo | None = None
    asset_set_info: AssetSetInfo | None = None
    master_video_info: MasterVideoInfo | None = None
    animated_gif_info: AnimatedGifInfo | None = None
    swc_info: SwcInfo | None = None
    css_info: CssInfo | None = None
    javascript_info: JavascriptInfo | None = None
    video_caption_info: VideoCaptionInfo | None = None
    permissions: Sequence[Permission] | None = None


@message(Since(V2008_01_15))
class ZipEntry:
    """One entry of an archive; sizes in bytes."""

    name: str
    is_directory: bool
    last_modified: datetime
    compressed_size: Long
    uncompressed_size: Long


@message(Since(V2008_01_15))
class AssetMove:
    """An asset and the folder it shall move to."""

    asset_handle: Handle
    folder_handle: Handle


@message(Since(V2008_01_15))
class ImageFieldUpdate:
    """New values for an image; resolution in pixels per inch, anchor in pixels."""

    asset_handle: Handle
    resolution: float | None = None
    anchor_x: int | None = None
    anchor_y: int | None = None
    user_data: str | None = None


@message(Since(V2009_07_31))
class FontFieldUpdate:
    """New values for a font."""

    asset_handle: Handle
    font_name: str | None = None
    postscript_name: str | None = None
    rtf_name: str | None = None
    font_family: str | None = None
    style: str | None = None
    type_name: str | None = None
    type: str | None = None


@message(Since(V2009_07_31))
class IccProfileFieldUpdate:
    """New values for an ICC profile."""

    asset_handle: Handle
    class_: str | None = None
    color_space: str | None = None
    pcs_type: str | None = None


@message
class ThumbAssetUpdate:
    """An asset and its thumbnail asset; none takes it away."""

    asset_handle: Handle
    thumb_asset_handle: Handle | None = None


@message(Since(V2008_01_15))
class AssetCount:
    """How many assets of a type there are."""

    asset_type: str
    count: int


@message(Since(V2008_01_15))
class GenerationAttribute:
    """A fact about how an asset was generated, such as a page number."""

    name: str | None = None
    value: str | None = None


@message(Since(V2008_01_15))
class GenerationInfo:
    """One step of generation: the engine, the asset it read and the asset it made."""

    engine: str | None = None
    originator: Asset | None = None
    generated: Asset | None = None
    attribute_array: Sequence[GenerationAttribute] | None = None


@message(Since(V2008_01_15))
class Keywords:
    """A word found on a page, with its place in pixels."""

    keyword: str
    status: bool
    x: int
    y: int
    width: int
    height: int


@message(Since(V2008_01_15))
class SearchStrings:
    """A line of text found on a page, with its place in pixels and its words."""

    search_string: str
    keywords_array: Sequence[Keywords]
    status: bool
    x: int
    y: int
    width: int
    height: int
    font_name: str
    point_size: str


@message
class GetAssetsParam:
    """Ask for assets by handle; field paths narrow what is returned of each."""

    company_handle: Handle
    access_user_handle: Handle | None = None
    access_group_handle: Handle | None = None
    asset_handle_array: Sequence[Handle]
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetAssetsReturn:
    """The assets that were found; unknown handles are left out."""

    asset_array: Sequence[Asset] | None = None


GET_ASSETS = operation(GetAssetsParam, GetAssetsReturn, roles=EVERY_ROLE)


@message
class GetAssetsByNameParam:
    """Ask for assets by exact name."""

    company_handle: Handle
    access_user_handle: Handle | None = None
    access_group_handle: Handle | None = None
    name_array: Sequence[str]
    asset_type_array: Sequence[str] | None = None
    exclude_asset_type_array: Annotated[Sequence[str] | None, Since(V2008_01_15)] = None
    asset_sub_type_array: Annotated[Sequence[str] | None, Since(V2009_07_31)] = None
    strict_sub_type_check: Annotated[bool | None, Since(V2009_07_31)] = None
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetAssetsByNameReturn:
    """The assets that were found, possibly several of one name."""

    asset_array: Sequence[Asset] | None = None


GET_ASSETS_BY_NAME = operation(GetAssetsByNameParam, GetAssetsByNameReturn, roles=JOB_OWNERS)


@message
class GetAssociatedAssetsParam:
    """Ask which assets contain, own, derive from, generated or were generated from an asset."""

    company_handle: Handle
    asset_handle: Handle
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetAssociatedAssetsReturn:
    """The associated assets, by the way in which they are."""

    container_array: Sequence[Asset] | None = None
    member_array: Sequence[Asset] | None = None
    layer_reference_array: Sequence[Asset] | None = None
    owner_array: Sequence[Asset] | None = None
    derived_array: Sequence[Asset] | None = None
    generator_array: Sequence[GenerationInfo] | None = None
    generated_array: Sequence[GenerationInfo] | None = None
    thumb_asset: Asset | None = None


GET_ASSOCIATED_ASSETS = operation(
    GetAssociatedAssetsParam, GetAssociatedAssetsReturn, Since(V2008_01_15), roles=EVERY_ROLE
)


@message
class GetAssetCountsParam:
    """Ask how many assets of each type a company has."""

    company_handle: Handle


@message
class GetAssetCountsReturn:
    """The count of each type."""

    count_array: Sequence[AssetCount] | None = None


GET_ASSET_COUNTS = operation(GetAssetCountsParam, GetAssetCountsReturn, Since(V2008_01_15), roles=EVERY_ROLE)


@message
class CheckAssetNamesParam:
    """Ask which of some names a company's catalog has already."""

    company_handle: Handle
    asset_name_array: Sequence[str]


@message
class CheckAssetNamesReturn:
    """The names in use."""

    in_use_name_array: Sequence[str]


CHECK_ASSET_NAMES = operation(CheckAssetNamesParam, CheckAssetNamesReturn, roles=EVERY_ROLE - {Role.IPS_COMPANY_ADMIN})


@message
class MoveAssetParam:
    """Move one asset to another folder."""

    company_handle: Handle
    asset_handle: Handle
    folder_handle: Handle


@message
class MoveAssetReturn:
    """Empty: the asset has moved."""


MOVE_ASSET = operation(MoveAssetParam, MoveAssetReturn, roles=WRITERS)


@message
class MoveAssetsParam:
    """Move assets, each to a folder of its own."""

    company_handle: Handle
    asset_move_array: Sequence[AssetMove]


@message
class MoveAssetsReturn:
    """How many assets moved, and which did not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


MOVE_ASSETS = operation(MoveAssetsParam, MoveAssetsReturn, Since(V2008_01_15), roles=WRITERS)


@message
class RenameAssetParam:
    """Give an asset a new name; ``validate_name`` demands that no other asset publishes under it."""

    company_handle: Handle
    asset_handle: Handle
    new_name: str
    validate_name: bool


@message
class RenameAssetReturn:
    """Empty: the asset has its new name."""


RENAME_ASSET = operation(RenameAssetParam, RenameAssetReturn, roles=WRITERS)


@message
class GetOriginalFilePathsParam:
    """Ask where the original files of assets lie."""

    company_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class GetOriginalFilePathsReturn:
    """The paths."""

    original_file_array: Sequence[str]


GET_ORIGINAL_FILE_PATHS = operation(
    GetOriginalFilePathsParam, GetOriginalFilePathsReturn, roles=JOB_OWNERS - {Role.IMAGE_PORTAL_ADMIN}
)


@message
class ReplaceImageParam:
    """Replace the pixels of an image by the result of image-serving commands."""

    company_handle: Handle
    asset_handle: Handle
    url_modifier: str


@message
class ReplaceImageReturn:
    """The handle of the image."""

    asset_handle: Handle


REPLACE_IMAGE = operation(ReplaceImageParam, ReplaceImageReturn, Since(V2008_01_15), roles=WRITERS)


@message
class CopyImageParam:
    """Make a new image from the result of image-serving commands on another."""

    company_handle: Handle
    asset_handle: Handle
    folder_handle: Handle
    name: str
    url_modifier: str


@message
class CopyImageReturn:
    """The handle of the new image."""

    asset_handle: Handle


COPY_IMAGE = operation(CopyImageParam, CopyImageReturn, Since(V2008_01_15), roles=WRITERS)


@message
class CreateDerivedAssetParam:
    """Create an adjusted view or a layer view on an image."""

    company_handle: Handle
    owner_handle: Handle
    folder_handle: Handle
    name: str
    type: str
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class CreateDerivedAssetReturn:
    """The handle of the new asset."""

    asset_handle: Handle


CREATE_DERIVED_ASSET = operation(CreateDerivedAssetParam, CreateDerivedAssetReturn, Since(V2008_01_15), roles=WRITERS)


@message
class CreateTemplateParam:
    """Create a template or a watermark from image-serving commands."""

    company_handle: Handle
    folder_handle: Handle
    name: str
    type: str
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class CreateTemplateReturn:
    """The handle of the new asset."""

    asset_handle: Handle


CREATE_TEMPLATE = operation(
    CreateTemplateParam, CreateTemplateReturn, Since(V2008_01_15), roles=WRITERS - {Role.IPS_COMPANY_ADMIN}
)


@message
class SetUrlModifierParam:
    """Set the image-serving commands put before and after those of a request for the asset."""

    company_handle: Handle
    asset_handle: Handle
    url_modifier: str | None = None
    url_post_apply_modifier: str | None = None


@message
class SetUrlModifierReturn:
    """Empty: the commands are set."""


SET_URL_MODIFIER = operation(SetUrlModifierParam, SetUrlModifierReturn, Since(V2008_01_15), roles=WRITERS)


@message
class GetZipEntriesParam:
    """List what an archive asset contains."""

    company_handle: Handle
    asset_handle: Handle


@message
class GetZipEntriesReturn:
    """The entries of the archive."""

    zip_array: Sequence[ZipEntry]


GET_ZIP_ENTRIES = operation(GetZipEntriesParam, GetZipEntriesReturn, Since(V2008_01_15), roles=EVERY_ROLE)


@message
class GetGenerationInfoParam:
    """Ask what was generated from an asset, or how an asset was generated."""

    company_handle: Handle
    engine: str | None = None
    originator_handle: Handle | None = None
    generated_handle: Handle | None = None
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetGenerationInfoReturn:
    """The steps, each with its engine, its originator and what it made."""

    generation_array: Sequence[GenerationInfo]


GET_GENERATION_INFO = operation(GetGenerationInfoParam, GetGenerationInfoReturn, Since(V2008_01_15), roles=EVERY_ROLE)


@message
class BatchSetImageFieldsParam:
    """Set resolution, anchor and user data of many images."""

    company_handle: Handle
    update_array: Sequence[ImageFieldUpdate]


@message
class BatchSetImageFieldsReturn:
    """How many images were changed, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


BATCH_SET_IMAGE_FIELDS = operation(
    BatchSetImageFieldsParam, BatchSetImageFieldsReturn, Since(V2008_01_15), roles=WRITERS
)


@message
class BatchSetFontFieldsParam:
    """Set the font facts of many font assets."""

    company_handle: Handle
    update_array: Sequence[FontFieldUpdate]


@message
class BatchSetFontFieldsReturn:
    """How many fonts were changed, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


BATCH_SET_FONT_FIELDS = operation(
    BatchSetFontFieldsParam, BatchSetFontFieldsReturn, Since(V2009_07_31), roles=WRITERS - {Role.IMAGE_PORTAL_ADMIN}
)


@message
class BatchSetIccProfileFieldsParam:
    """Set the profile facts of many ICC profile assets."""

    company_handle: Handle
    update_array: Sequence[IccProfileFieldUpdate]


@message
class BatchSetIccProfileFieldsReturn:
    """How many profiles were changed, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


BATCH_SET_ICC_PROFILE_FIELDS = operation(
    BatchSetIccProfileFieldsParam, BatchSetIccProfileFieldsReturn, Since(V2009_07_31), roles=WRITERS
)


@message
class BatchSetThumbAssetParam:
    """Assign thumbnail assets to many assets."""

    company_handle: Handle
    update_array: Sequence[ThumbAssetUpdate]


@message
class BatchSetThumbAssetReturn:
    """How many assets were changed, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


BATCH_SET_THUMB_ASSET = operation(BatchSetThumbAssetParam, BatchSetThumbAssetReturn, roles=WRITERS)


@message
class GetSearchStringsParam:
    """Ask for the words that were extracted from a PDF asset."""

    company_handle: Annotated[Handle | None, Since(V2012_02_14), Required()] = None
    asset_handle: Handle


@message
class GetSearchStringsReturn:
    """The words with their places on the page."""

    search_strings_array: Sequence[SearchStrings]


GET_SEARCH_STRINGS = operation(GetSearchStringsParam, GetSearchStringsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS)


@message
class RemoveMaskParam:
    """Drop the mask of an image."""

    company_handle: Handle
    asset_handle: Handle


@message
class RemoveMaskReturn:
    """Empty: the image has no mask."""


REMOVE_MASK = operation(RemoveMaskParam, RemoveMaskReturn, Since(V2012_02_14))
