//! Every diagnostic code: ONE table. A code, once published, keeps its meaning.

use std::fmt;

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $explanation:literal;)*) => {
        /// A stable diagnostic code. Its long form is what `storeward explain` prints.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as people write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => concat!("SW", $number),)* }
            }

            /// What it is about, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

codes! {
    Unreadable = 1001, "a file cannot be read",
        "The operating system refused to open or read the file. Check that it exists and that its permissions let this user read it.";
    TooLarge = 1002, "a file is larger than any real one",
        "Manifests and text files are read whole, so their size is limited. No listing text comes near the limit; the name probably points at another file.";
    NotUtf8 = 1003, "a file is not UTF-8",
        "Manifests and texts are UTF-8, with or without a byte order mark. Save the file as UTF-8; some editors on Windows default to UTF-16 or to a code page.";
    OutsideWorkspace = 1004, "a file lies outside the workspace",
        "A manifest may come from a fork, so it can only name files inside the workspace (the git root, else the folder that was given), after symbolic links are resolved. Built packages may lie elsewhere: name their folder with --release, and the files with $(release).";
    NotAFile = 1005, "not a regular file",
        "Folders, devices, pipes and sockets are never opened.";
    Syntax = 1006, "not valid YAML",
        "The text could not be read as YAML 1.2. The position is where reading stopped; the mistake is there or just before: often indentation, a missing space after a colon, or an unclosed quote.";
    DuplicateKey = 1007, "a key is given twice",
        "YAML readers differ in which of two equal keys wins, so neither is taken. Remove one.";
    TooComplex = 1008, "a document is too deep or too large",
        "Nesting and the number of values (aliases counted each time they are used) are limited, so that a hostile file cannot exhaust memory. No real manifest comes near the limits.";
    NoManifest = 1009, "no manifest was found",
        "Manifests are YAML documents with `kind: App`, `kind: AddOn` or `kind: Flight`. Without a path they are looked for from the current folder down; hidden and git-ignored folders are left out.";
    HiddenFile = 1010, "a hidden file",
        "Files and folders whose names start with a dot, such as .env or .docker, hold settings and credentials. A manifest may come from a fork, and its plan shows the texts that it names, so hidden files are never read as texts.";
    ControlCharacter = 1011, "a text with a control character",
        "Control characters other than line feeds and tabs cannot be seen and mean nothing in a listing. They usually come from a copy or an export that went wrong.";
    UnknownKey = 1101, "a key that means nothing here",
        "Unknown keys are errors, because a key that is silently ignored looks like a setting that works. Check the spelling and the level of indentation.";
    MissingKey = 1102, "a required key is missing",
        "The resource cannot be identified or used without it.";
    WrongType = 1103, "a value of the wrong type",
        "The key takes another kind of value: a text, a list, a map, a number, or true or false.";
    CannotClear = 1104, "a value that cannot be cleared",
        "`key: null` clears a value. The Store has no cleared state for this one. Leave the key out to leave the live value alone, or name the value you want.";
    UnknownKind = 1105, "an unknown kind of resource",
        "The document looks like a manifest, but its kind is none of App, AddOn and Flight.";
    IgnoredByStore = 1106, "a field that the Store's API ignores",
        "The API accepts this field and ignores it, so a manifest that sets it would promise what it cannot keep. Set it in Partner Center.";
    NotInThisVersion = 1107, "not in this version of Storeward",
        "The design has a place for it, but this version cannot carry it out, and refuses rather than ignores it.";
    EachOfNothing = 1108, "`$each` without languages",
        "`$each` holds for every language that the manifest names below `listings`. Where none is named it would say nothing, which is never what was meant. A language is named by its key, also with an empty map: `de: {}`.";
    BadPath = 1109, "a path that names no field",
        "`ignore` lists dotted paths below `submission`, such as `listings.*.images` or `pricing.marketSpecificPricings.BR`; `*` stands for one key. A path that names nothing would leave the field managed.";
    OneElement = 1110, "more than one element where the Store takes one",
        "The API has a list here and refuses more than one element when the submission is committed: `InvalidParameterValue`, MultipleInstancesOfGamingOptions (microsoft/StoreBroker#135).";
    CannotBeAbsent = 1111, "an app cannot be deleted",
        "The API deletes add-ons and flights, no apps. Take the app off the Store in Partner Center, or make it `visibility: Hidden`.";
    NotAllowed = 1201, "a value that is not one of those allowed",
        "The API takes a fixed set of words here, and tells upper from lower case.";
    TooLong = 1202, "a text or list over its limit",
        "The Store refuses longer texts and lists. Limits are counted in characters.";
    ImageSize = 1203, "an image of the wrong size",
        "Each image type takes certain pixel sizes only; the Store finds out only after the upload, when the submission fails. Export the image again in one of the sizes named.";
    BadName = 1204, "a name of the wrong shape",
        "Names of resources are how this repository calls them: lower-case letters, digits and hyphens.";
    BadPrice = 1205, "not a price",
        "A price is `Free`, `NotAvailable`, or a tier such as `Tier1012`; the amounts behind tiers are shown in Partner Center only. `Base` is what the API shows for prices that it cannot express; it can never be sent.";
    BadMarket = 1206, "not a market",
        "Markets are two capital letters (ISO 3166-1), such as DE or NO.";
    BadLanguage = 1207, "not a listing language",
        "Languages look like `en-us`, `de` or `zh-hans`. `de` and `de-de` are two different listings.";
    BadDate = 1208, "not a date",
        "Dates are written in ISO 8601 with a time zone, such as 2026-09-01T08:00:00Z.";
    BadStoreId = 1209, "not a Store ID",
        "Store IDs are twelve capital letters and digits, such as 9NBLGGH4R315; Partner Center shows it under Product identity. The package identity name is not a Store ID; the service answers it with an internal error.";
    OutOfRange = 1210, "a number out of range",
        "The number is outside what the field can hold.";
    BadExpansion = 1211, "an expansion that does not exist here",
        "Only $(lang), $(release) and $(package.version) are expanded: $(lang) below `listings`, $(release) below `release`, $(package.version) where the run has packages of one version. Write $$( for a literal $(.";
    UnknownGuard = 1212, "an unknown guard",
        "`permit` names guards: risks that need a permit before anything is sent.";
    BadMeaning = 1213, "a meaning of $(lang) that is no tag",
        "`$as` says what $(lang) means for a language, such as the name of a folder: at most 64 letters, digits, hyphens, underscores and dots.";
    BadVersion = 1214, "not a version",
        "Versions have four parts, each from 0 to 65535, such as 1.43.0.0.";
    BadProductId = 1215, "not a product id",
        "The developer's id of an add-on has at most 100 characters and none of < > * % & : \\ ? + , (Microsoft's page on setting the product id of an add-on).";
    FileMissing = 1301, "a file that does not exist",
        "Paths are relative to the file that they are written in. `else` names a file to use where the first does not exist.";
    NothingMatches = 1302, "a pattern that matches nothing",
        "A release without packages is never what was meant: check that the build ran, and where it puts its packages.";
    NothingAtPointer = 1303, "nothing at the pointer",
        "`at` is a JSON Pointer into a .json or .yaml file, such as /notes/en-us.";
    BadImage = 1304, "an image that the Store cannot take",
        "Images are PNG files of at most 50 MB.";
    BadVideo = 1305, "a video that the Store cannot take",
        "Trailers are MP4 or MOV files of at most 2 GB, 1920×1080 pixels.";
    NameCollision = 1306, "two files of one name in the upload",
        "Inside the upload a file is named by its place, its own name and the first twelve digits of its SHA-256 digest. Two different files have met at all of these; rename one of them.";
    BadPackage = 1401, "a package that cannot be read",
        "Packages are opened before anything is sent, because the Store finds out only after the upload, or drops them in silence.";
    SamePackageTwice = 1402, "two packages of the same identity, version and architecture",
        "The Store takes one package for each version and architecture.";
    RetainsNothing = 1403, "a rollout to some customers that leaves the others nothing",
        "In a gradual rollout, customers outside the share go on getting the packages that are published. `retain: none` removes those. Retain the newest of each target, or release to everybody with `packageRollout: null`.";
    PackageVersion = 1404, "a package version that the Store refuses",
        "The version of a package has four parts; the first must not be 0, and the fourth is kept for the Store and must be 0 (Microsoft's page on package version numbering). The Store finds out only after the upload.";
    PackagesDiffer = 1405, "packages of different apps",
        "All packages of a submission have the identity name and the publisher of the app, as Partner Center shows them under Product identity.";
    DuplicateResource = 1501, "two resources of one name or id",
        "Each resource is managed by one manifest only; two would undo each other's changes.";
    UnknownRelease = 1502, "a release for a resource that does not exist here",
        "--release names a resource by its address, such as app/contoso-reader=dist. The address is mandatory, so that a beta cannot reach retail by accident.";
    UnknownApp = 1503, "an app that no manifest describes",
        "Add-ons and flights name their app by the `name` of its manifest, which must be among those that the run reads: name its file or folder as well.";
    RanksInACircle = 1504, "flights that rank above each other",
        "`rankHigherThan` orders the flights of an app. An order that comes back to where it began cannot be carried out.";
    UnknownFlight = 1505, "a flight that does not exist",
        "`rankHigherThan` names a flight of the same app: by its name in Partner Center, by its id, or by the `name` of its manifest. Without the Store it can only be compared with the manifests, so `validate` warns; a plan knows the flights that are there.";
    DateMissing = 1601, "a date to publish on that is missing",
        "`targetPublishMode: SpecificDate` publishes on `targetPublishDate`. Without it the date of the last submission would be taken, which has passed, or was never set.";
    PlayersMissing = 1602, "numbers of players that are missing",
        "A game that several people can play states the fewest and the most players of that way to play, each from 2 to 1,000.";
    TooManyKeywords = 1603, "keywords in too many languages",
        "The service refuses a submission in which more than 21 languages have keywords (*The size of KeywordsTotalCount must be 21 or less*, prof18/pcenter-cli), each of them valid by itself.";
    NotForConsumables = 1604, "a lifetime of a consumable add-on",
        "`lifetime` says how long a durable add-on is owned. A consumable one is used up, so it has none.";
    TitleIsServers = 2001, "the title of a listing that is already there",
        "The service answers a changed title of an existing language with 200 and drops it, and has switched titles by itself. So a title is sent only while its language is being added; afterwards it is reported, never sent. Change it in Partner Center.";
    RaiseVersion = 2002, "a package with a version that is already there, but other content",
        "The Store serves one package per version and architecture, so other bytes under the same version never reach anybody. Raise the version and build again.";
    OldReleaseNotes = 2003, "new packages with unchanged release notes",
        "The next submission starts as a copy, so unchanged release notes are shown again for the new version.";
    UnusedPermit = 2004, "a permit that nothing needs",
        "A permit that stays in a manifest would let a later change through without a review. Remove it once the change has shipped.";
    TakenOnTrust = 2005, "an image taken on trust",
        "The API reports neither content nor hash of an image. Images that Storeward uploads carry a digest in their names; this one was uploaded by other means and matches by type, position and file name. --replace-untrusted uploads it anew.";
    EntryNotManaged = 2006, "a live language or market price that the manifest does not name",
        "`$others: error` makes a list of languages or markets exhaustive. Add the entry, or say `$others: remove` or `keep`.";
    RemoteImageGone = 2007, "a live image that does not exist",
        "`{remote: ID}` keeps a live image in its place; no image of this type and language has that id.";
    NoSuchApp = 2008, "a product that the account does not have",
        "The Store knows no app, add-on or flight with this id, or none that this account may manage. Partner Center shows the Store ID under Product identity; the id of another account's app looks just the same.";
    DraftNotWanted = 2009, "a draft that no manifest wants",
        "The product matches its manifest, and a draft or failed submission is still open. It changes nothing until somebody commits it, but while it is there no new submission can be made. Delete it in Partner Center if nobody needs it.";
    DateHasPassed = 2010, "a date to publish on that has passed",
        "`targetPublishMode: SpecificDate` publishes on `targetPublishDate`. A date that has passed stays in a manifest unharmed until a submission is due; then it must be a later one.";
    MissingTitle = 2011, "a new language without a title",
        "A listing takes its title from the packages of its language. A language that no package names (`de` is not `de-de`) needs a `title` of its own, a reserved name of the app; without one the Store takes the whole upload in and then fails the commit with MissingTitle. Add the title, or ship a package in that language. Where the Store does not say which languages a package has, it cannot be told whether a title is needed.";
    LanguageWithoutListing = 2013, "a package language without a listing",
        "A new package speaks a language that no listing is in, not even one that differs by the region only. Customers of that language see the listing of another one, and the Store warns of it (ListingOptOutWarning). Add a listing, or leave the language out of the package.";
    LanguageBesideRegion = 2014, "a new language beside one that differs only by its region",
        "`de` and `de-de` are two listings, and both can exist. Customers see one of them; texts and pictures in the other are seen by nobody. Write the language as the live listing has it. To exchange one for the other, remove the old one in the same change.";
    MissingDescription = 2015, "a new language without a description",
        "Every listing needs a description. The Store refuses a submission with a listing that has none.";
    NoScreenshot = 2016, "a new language without a screenshot",
        "The Store asks for at least one screenshot in a submission, and every listing has a list of its own; this one would be empty. Add a `Screenshot`, or take those of another language: `{file: shots/$(lang)/home.png, else: shots/en-us/home.png}`.";
    IncompleteFamilies = 2018, "device families that are not named",
        "The service takes `allowTargetFutureDeviceFamilies` only with all of Desktop, Mobile, Xbox and Holographic in it, each true or false, and else refuses the whole update. What the Store holds of an app that was never filled in can lack some; name those in the manifest.";
    NoListing = 2019, "a submission without a listing",
        "The service refuses a submission that has no listing at all. A new add-on needs one; of the languages of an app or an add-on, one must stay.";
    FailedBefore = 2020, "a failed submission that is replaced",
        "An earlier submission failed at the Store. It is none to start from, so it is removed and another one is made from what is published. What the Store said of it may hold for the new one, too.";
    RolloutOver = 2030, "a rollout that is over",
        "`rollout` says how a running rollout is to go on. The rollout of that version was halted or reached everybody, which cannot be taken back: no call of the Store resumes one.";
    FlightWaits = 2031, "a flight that waits for its first packages",
        "A flight is created together with its first packages, because its submission holds nothing else. Name a release for it, such as --release flight/contoso-reader/insiders=dist.";
    NotInSnapshot = 2040, "a product that the snapshot does not hold",
        "`plan --live` compares with a snapshot, which holds the products of the manifests that it was taken with. One that came later, or has another id now, is not among them, and what Partner Center holds of it is not known. Take a new snapshot with `storeward snapshot`, which needs a credential.";
    UnlistedLanguage = 2101, "a language that the Store does not list",
        "Microsoft's list of supported languages does not have it. Whether every listed language is taken is not documented, so this is a warning; an unsupported one is answered with an internal error (microsoft/StoreBroker#236).";
    SecretInNotes = 2102, "notes that hold what looks like a secret",
        "Notes for certification go to the testers at Microsoft, and the manifest is in git for everybody who reads the repository. A test account belongs there, a key or a token does not.";
    DisputedLimit = 2103, "a limit that sources disagree on",
        "Documentation and reports of what the service refused name different limits. The larger one is an error, the smaller one this warning.";
    NoEffect = 2104, "a value without effect",
        "Another value of the manifest makes this one mean nothing to the Store.";
    VideoSize = 2105, "a video of an unusual size or length",
        "Trailers are documented as 1920×1080 pixels (older pages also 3840×2160) and advised to last at most 60 seconds.";
}

impl Code {
    /// The code that people write as `SW1203`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found_again() {
        for code in Code::ALL {
            assert_eq!(Code::parse(&code.as_str().to_lowercase()), Some(*code));
        }
    }
}
