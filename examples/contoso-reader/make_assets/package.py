"""An MSIX package of the app: complete in form, but with a text in place of the program, and not signed.

The Store asks for no signature of a trusted authority, see
https://learn.microsoft.com/windows/apps/publish/publish-your-app/msix/app-package-requirements
"""

import base64
import hashlib
import io
import zipfile

from .canvas import Canvas, rgb

_PLACEHOLDER = """This file stands in for the program of Contoso Reader.

It is plain text and cannot be run. Contoso Reader is an example that comes with
Storeward; it exists to show how the Store entry of an app is kept in a repository.
The package around this file is otherwise what a real one is: a manifest, a block
map with hashes, content types and logos.
"""

_MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<Package
    xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10"
    xmlns:uap="http://schemas.microsoft.com/appx/manifest/uap/windows10"
    xmlns:rescap="http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities"
    IgnorableNamespaces="uap rescap">
  <Identity Name="40718Contoso.ContosoReader" Publisher="CN=5F1B0C5E-2A64-4C0B-9E7B-1B0F6B1C2D3E"
      Version="{version}" ProcessorArchitecture="x64" />
  <Properties>
    <DisplayName>Contoso Reader</DisplayName>
    <PublisherDisplayName>Contoso</PublisherDisplayName>
    <Logo>Assets\\StoreLogo.png</Logo>
  </Properties>
  <Dependencies>
    <TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.17763.0" MaxVersionTested="10.0.26100.0" />
  </Dependencies>
  <Resources>
    <Resource Language="en-us" />
    <Resource Language="de-de" />
  </Resources>
  <Applications>
    <Application Id="App" Executable="ContosoReader.exe" EntryPoint="Windows.FullTrustApplication">
      <uap:VisualElements DisplayName="Contoso Reader" Description="A calm e-book reader"
          BackgroundColor="#2f6f6b" Square150x150Logo="Assets\\Square150x150Logo.png"
          Square44x44Logo="Assets\\Square44x44Logo.png" />
      <Extensions>
        <uap:Extension Category="windows.fileTypeAssociation">
          <uap:FileTypeAssociation Name="book">
            <uap:SupportedFileTypes>
              <uap:FileType>.epub</uap:FileType>
            </uap:SupportedFileTypes>
          </uap:FileTypeAssociation>
        </uap:Extension>
      </Extensions>
    </Application>
  </Applications>
  <Capabilities>
    <rescap:Capability Name="runFullTrust" />
  </Capabilities>
</Package>
"""

_CONTENT_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="exe" ContentType="application/x-msdownload" />
  <Default Extension="png" ContentType="image/png" />
  <Default Extension="xml" ContentType="application/vnd.ms-appx.manifest+xml" />
  <Override PartName="/AppxBlockMap.xml" ContentType="application/vnd.ms-appx.blockmap+xml" />
</Types>
"""

_BLOCK = 64 * 1024
_LOCAL_HEADER = 30


def logo(size):
    """The mark of the app."""
    canvas = Canvas(size, size, rgb("#2f6f6b"))
    glyph = round(size * 0.56)
    canvas.icon("open-book", (size - glyph) // 2, (size + glyph) // 2, glyph, (255, 255, 255))
    return canvas.png()


def _block_map(files):
    """The hashes of all files, block by block. `LfhSize` is the size of the ZIP's header of a file."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>',
             '<BlockMap xmlns="http://schemas.microsoft.com/appx/2010/blockmap"'
             ' HashMethod="http://www.w3.org/2001/04/xmlenc#sha256">']
    for name, data in files.items():
        entry = name.replace("/", "\\")
        lines.append(f'  <File Name="{entry}" Size="{len(data)}" LfhSize="{_LOCAL_HEADER + len(name)}">')
        for start in range(0, len(data), _BLOCK):
            digest = hashlib.sha256(data[start:start + _BLOCK]).digest()
            lines.append(f'    <Block Hash="{base64.b64encode(digest).decode()}" />')
        lines.append("  </File>")
    return "\n".join([*lines, "</BlockMap>", ""]).encode()


def build(version):
    """The package of a version, the same bytes every time."""
    files = {
        "ContosoReader.exe": _PLACEHOLDER.encode(),
        "Assets/StoreLogo.png": logo(50),
        "Assets/Square44x44Logo.png": logo(44),
        "Assets/Square150x150Logo.png": logo(150),
        "AppxManifest.xml": _MANIFEST.format(version=version).encode(),
    }
    files["AppxBlockMap.xml"] = _block_map(files)
    files["[Content_Types].xml"] = _CONTENT_TYPES.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            archive.writestr(entry, data)
    return packed.getvalue()
