//! Manifests that say everything that can be said: the loader takes them, and so does the schema.

use std::collections::BTreeSet;

use serde_json::Value;
use storeward::submission::{FIELDS, Kind, Scope};

use super::{Shop, documents, passes, schema};

const APP: &str = "\
kind: App
name: reader
id: 9NBLGGH4R315
permit: [price-change, replaces-draft]
ignore: [listings.nl.images, listings.nl.images.Screenshot, pricing.marketSpecificPricings.ZA, '*.nl.*']
submission:
  applicationCategory: Games_Word
  visibility: Hidden
  targetPublishMode: SpecificDate
  targetPublishDate: 2030-09-01T08:00:00+02:00
  hardwarePreferences: [Touch, Mouse]
  automaticBackupEnabled: true
  canInstallOnRemovableMedia: 'false'
  isGameDvrEnabled: false
  hasExternalInAppProducts: true
  meetAccessibilityGuidelines: true
  allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies: false
  allowTargetFutureDeviceFamilies: {Desktop: true, Mobile: false, Xbox: true, Holographic: false, Team: false}
  enterpriseLicensing: None
  pricing:
    priceId: Tier1012
    trialPeriod: SevenDays
    marketSpecificPricings: {$others: error, NO: Free, DE: Tier1020, BR: NotAvailable, XX: null}
  gamingOptions:
    - genres: [Games_Word, Games_Casino]
      isLocalMultiplayer: true
      localMultiplayerMinPlayers: 2
      localMultiplayerMaxPlayers: '1000'
      isLocalCooperative: true
      localCooperativeMinPlayers: 2
      localCooperativeMaxPlayers: 4
      isOnlineMultiplayer: true
      onlineMultiplayerMinPlayers: 2
      onlineMultiplayerMaxPlayers: 4
      isOnlineCooperative: true
      onlineCooperativeMinPlayers: 2
      onlineCooperativeMaxPlayers: 4
      isBroadcastingPrivilegeGranted: true
      isCrossPlayEnabled: false
      kinectDataForExternal: NotSet
      otherPeripherals: null
  notesForCertification: {file: nowhere.md, else: text.md, at: About}
  trailers:
    - file: trailer.mp4
      trailerAssets:
        $each: {imageList: [{file: still.png, description: {file: text.md}}]}
        en-us: {title: 2048}
        de: {title: {file: texts.json, at: /en-us}, imageList: [{file: still.png, else: still.png}]}
    - remote: 1152921504606846976
  listings:
    $others: keep
    $each:
      title: Reader
      shortTitle: 2048
      sortTitle: 1.10
      voiceTitle: true
      devStudio: null
      shortDescription: [Two, lines]
      description: {file: text.md}
      releaseNotes: ''
      features: {file: text.md}
      keywords: a single line
      copyrightAndTrademarkInfo: © 2030
      licenseTerms: https://contoso.example/$(lang)
      minimumHardware: [1 GB, 2]
      recommendedHardware: []
      images:
        Screenshot:
          - {file: Screenshot.png, description: The library in $(lang)}
          - {remote: 1152921504606846976, description: null}
        StoreLogoSquare: [{file: missing.png, else: StoreLogoSquare.png}]
        Icon: []
    en-us: {}
    de-DE: {$as: de, title: Leser}
    fr: null
rollout: {of: 1.43.0.0, percentage: 50.5}
";

const RELEASE: &str = "\
kind: App
name: reader
id: '123456789012'
submission:
  $file: nothing.yaml
  packageRollout: null
  gamingOptions: null
  trailers: null
  hardwarePreferences: null
  pricing: {$file: nothing.yaml, marketSpecificPricings: {$file: nothing.yaml, $others: remove}}
  listings:
    $file: nothing.yaml
    $others: error
    en-us: {$file: nothing.yaml, images: {$file: nothing.yaml}}
release:
  packages:
    $file: nothing.yaml
    files: ['*.msix', reader.msix, $(release)/*.msixbundle]
    retain: newest-per-target
    minimumDirectXVersion: DirectX93
    minimumSystemRam: Memory2GB
  packageRollout: {percentage: '25'}
  isMandatoryUpdate: true
  mandatoryUpdateEffectiveDate: 2030-09-01T08:00:00Z
  openRollout: finalize
  listings: {$each: {releaseNotes: Version $(package.version) for $(lang)}, en-us: {}}
rollout: {of: 01.043.0.0, state: halted}
---
kind: AddOn
name: 2048
app: reader
productId: contoso.gold
productType: Durable
permit: []
ignore: [tag]
state: present
submission:
  contentType: OnlineDownload
  lifetime: Forever
  keywords: [gold, 2048]
  tag: '{\"level\": 3}'
  visibility: Private
  targetPublishMode: Manual
  targetPublishDate: null
  pricing: {priceId: NotAvailable, marketSpecificPricings: {US: Free}}
  listings:
    $each: {description: {file: text.md}, icon: {file: Icon.png}}
    en-us: {title: Gold}
    fr: {title: Or, icon: null}
release: {}
---
kind: AddOn
name: silver
app: reader
id: 9NBLGGH4R316
---
kind: Flight
name: insiders
app: reader
friendlyName: Insiders
groupIds: [1152921504606846976, '1152921504606846977', 1152921504606846977.0]
rankHigherThan: 1.10
permit: [package-downgrade]
state: absent
submission:
  packages: {files: [reader.msix], retain: none}
  packageRollout: {percentage: 100}
  isMandatoryUpdate: false
  mandatoryUpdateEffectiveDate: null
  targetPublishMode: Immediate
  targetPublishDate: null
  notesForCertification: [Sign in as a guest., No password.]
  openRollout: halt
release: {openRollout: block}
rollout: {of: 1.0.0.0, state: finalized}
---
kind: Flight
name: beta
app: reader
id: 7b2f4ac2-3a3a-4f5c-9d2e-0123456789ab
";

#[track_caller]
fn holds(text: &str) {
    let loaded = Shop::new().load(text);
    assert!(!loaded.diagnostics.has_errors(), "{:#?}", loaded.diagnostics.sorted());
    assert_eq!(passes(&schema(), "inline", text), loaded.resources.len());
}

#[test]
fn what_says_everything_is_taken_by_the_loader_and_the_schema() {
    holds(APP);
    holds(RELEASE);
}

/// The dotted paths of every key of a document.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, below) in entries {
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                paths(below, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, at, found)),
        _ => {}
    }
}

#[test]
fn they_say_every_field_indeed() {
    let mut said = BTreeSet::new();
    for document in [APP, RELEASE].iter().flat_map(|text| documents(text).unwrap()) {
        let mut found = BTreeSet::new();
        paths(&document, "", &mut found);
        let kind = document["kind"].as_str().unwrap();
        said.extend(
            found.iter().filter_map(|path| path.split_once('.')).map(|(_, path)| format!("{kind} {path}")),
        );
    }
    for (field, kind) in FIELDS.iter().flat_map(|field| field.of.iter().map(move |kind: &Kind| (field, kind)))
    {
        let path = field.path.join(".");
        let is_said = match field.scope {
            Scope::Submission => said.contains(&format!("{kind} {path}")),
            Scope::Listing => said.iter().any(|said| {
                said.starts_with(&format!("{kind} listings.")) && said.ends_with(&format!(".{path}"))
            }),
        };
        assert!(is_said, "{kind} {path}");
    }
}
