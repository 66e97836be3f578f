//! An account as a team has one after some years: three apps, 25 languages, twelve add-ons, four flights.

use serde_json::{Map, Value, json};

/// The app with all of the languages, add-ons and flights.
pub(crate) const APP: &str = "9NHARBOR0001";

/// Languages, each with what the app says of itself in it and what a release brings.
const LANGUAGES: [(&str, &str, &str); 25] = [
    ("en-us", "Your notes, wherever you are.", "Faster start, and fewer taps to a new note."),
    ("de-de", "Ihre Notizen, wo immer Sie sind.", "Startet schneller: weniger Klicks bis zur neuen Notiz."),
    ("fr-fr", "Vos notes, où que vous soyez.", "Démarrage plus rapide, moins de clics."),
    ("es-es", "Tus notas, estés donde estés.", "Inicio más rápido y menos clics."),
    ("it-it", "Le tue note, ovunque tu sia.", "Avvio più rapido, meno clic."),
    ("pt-br", "Suas notas, onde você estiver.", "Início mais rápido e menos cliques."),
    ("pt-pt", "As suas notas, onde quer que esteja.", "Arranque mais rápido e menos cliques."),
    ("nl-nl", "Uw notities, waar u ook bent.", "Start sneller, met minder klikken."),
    ("da-dk", "Dine noter, uanset hvor du er.", "Hurtigere start og færre klik."),
    ("sv-se", "Dina anteckningar, var du än är.", "Snabbare start och färre klick."),
    ("nb-no", "Notatene dine, uansett hvor du er.", "Raskere oppstart og færre klikk."),
    ("fi-fi", "Muistiinpanosi, missä ikinä oletkin.", "Nopeampi käynnistys ja vähemmän napsautuksia."),
    ("pl-pl", "Twoje notatki, gdziekolwiek jesteś.", "Szybszy start i mniej kliknięć."),
    ("cs-cz", "Vaše poznámky, ať jste kdekoli.", "Rychlejší spuštění a méně klepnutí."),
    ("hu-hu", "Jegyzeteid, bárhol is vagy.", "Gyorsabb indulás és kevesebb kattintás."),
    ("ro-ro", "Notițele tale, oriunde ai fi.", "Pornire mai rapidă și mai puține clicuri."),
    ("tr-tr", "Notlarınız, nerede olursanız olun.", "Daha hızlı başlangıç, daha az tıklama."),
    ("el-gr", "Οι σημειώσεις σας, όπου κι αν είστε.", "Ταχύτερη εκκίνηση και λιγότερα κλικ."),
    ("ru-ru", "Ваши заметки, где бы вы ни были.", "Быстрее запуск, меньше щелчков."),
    ("uk-ua", "Ваші нотатки, де б ви не були.", "Швидший запуск, менше клацань."),
    ("he-il", "הפתקים שלך, בכל מקום.", "הפעלה מהירה יותר ופחות לחיצות."),
    ("ar-sa", "ملاحظاتك أينما كنت.", "بدء أسرع ونقرات أقل."),
    ("ja-jp", "どこにいても、あなたのノート。", "起動が速くなり、操作が減りました。"),
    ("ko-kr", "어디에 있든, 당신의 노트.", "더 빠른 시작과 더 적은 클릭."),
    ("zh-hans", "无论身在何处,您的笔记随行。", "启动更快,点击更少。"),
];
/// So many languages have keywords; the Store takes no more.
const WITH_KEYWORDS: usize = 21;

const ADD_ONS: [(&str, &str, &str); 12] = [
    ("harbor.pro", "Durable", "Harbor Pro"),
    ("harbor.pro.family", "Durable", "Harbor Pro for families"),
    ("harbor.themes.winter", "Durable", "Winter themes"),
    ("harbor.themes.summer", "Durable", "Summer themes"),
    ("harbor.themes.night", "Durable", "Night themes"),
    ("harbor.fonts", "Durable", "Typefaces"),
    ("harbor.export.pdf", "Durable", "Export to PDF"),
    ("harbor.export.print", "Durable", "Print shop"),
    ("harbor.storage.10", "Consumable", "10 GB more"),
    ("harbor.storage.100", "Consumable", "100 GB more"),
    ("harbor.tip.small", "Consumable", "A coffee for us"),
    ("harbor.tip.large", "Consumable", "A dinner for us"),
];

const FLIGHTS: [&str; 4] = ["Employees", "Insiders", "Beta", "Press"];

/// The seed of the account.
pub(crate) fn account() -> Value {
    json!({ "rules": { "statusMillis": 20 }, "applications": [harbor_notes(), reader(), weather()] })
}

fn identity(id: &str, name: &str, package: &str) -> Value {
    json!({
        "id": id,
        "primaryName": name,
        "packageFamilyName": format!("{package}_a1b2c3d4e5f6g"),
        "packageIdentityName": package,
        "publisherName": "CN=Northwind",
        "firstPublishedDate": "2019-03-02T10:00:00Z",
        "hasAdvancedListingPermission": true
    })
}

/// An id of the service: 19 digits.
fn id(number: usize) -> String {
    format!("{}", 1_152_921_505_000_000_000_u64 + number as u64)
}

fn harbor_notes() -> Value {
    let listings: Map<String, Value> = LANGUAGES
        .iter()
        .enumerate()
        .map(|(i, (language, tagline, news))| {
            ((*language).to_owned(), listing(i, language, "Harbor Notes", tagline, news))
        })
        .collect();
    let mut submission = submission(100, "Productivity", &Value::Object(listings));
    submission["notesForCertification"] = json!("Sign in as tester@example.com / 5ecret!");
    submission["pricing"]["marketSpecificPricings"] = json!({ "BR": "Tier1004", "CN": "NotAvailable", "IN": "Tier1004", "JP": "Tier1015", "NO": "Tier1020" });
    submission["trailers"] = json!([{
        "id": id(90), "videoFileName": "harbor tour.mp4", "videoFileId": id(91),
        "trailerAssets": { "en-us": { "title": "A tour", "imageList": [{ "fileName": "tour.png", "id": id(92), "description": "" }] } }
    }]);
    submission["applicationPackages"] =
        packages("applicationPackages", &[("x64", "4.2.0.0"), ("arm64", "4.2.0.0"), ("x86", "4.1.7.0")]);
    json!({
        "application": identity(APP, "Harbor Notes", "12345Northwind.HarborNotes"),
        "published": submission,
        "addOns": (0..ADD_ONS.len()).map(add_on).collect::<Vec<_>>(),
        "flights": (0..FLIGHTS.len()).map(flight).collect::<Vec<_>>(),
    })
}

/// A smaller app, all of whose languages say nearly the same.
fn reader() -> Value {
    let listings: Map<String, Value> = LANGUAGES[..5]
        .iter()
        .enumerate()
        .map(|(i, (language, tagline, _))| {
            let mut listing = listing(100 + i, language, "Tide Reader", tagline, "Bug fixes.");
            listing["baseListing"]["shortDescription"] = json!("A calm reader.");
            ((*language).to_owned(), listing)
        })
        .collect();
    let mut submission = submission(200, "BooksAndReference_EReader", &Value::Object(listings));
    submission["targetPublishMode"] = json!("Manual");
    json!({ "application": identity("9NTIDERDR002", "Tide Reader", "12345Northwind.TideReader"), "published": submission })
}

/// A free app in one language, whose price the API does not tell.
fn weather() -> Value {
    let listings = json!({ "en-us": listing(200, "en-us", "Quay Weather", "Weather for sailors.", "") });
    let mut submission = submission(300, "NewsAndWeather_Weather", &listings);
    submission["pricing"]["priceId"] = json!("Base");
    json!({ "application": identity("9NQUAYWTH003", "Quay Weather", "12345Northwind.QuayWeather"), "published": submission })
}

fn listing(i: usize, language: &str, name: &str, tagline: &str, news: &str) -> Value {
    let shot = |number: usize| {
        json!({
            "fileName": format!("{language}/{number:02}-shot.png"), "fileStatus": "Uploaded", "id": id(10_000 + i * 10 + number),
            "description": if number == 1 { tagline } else { "" }, "imageType": "Screenshot"
        })
    };
    let mut images: Vec<Value> = (1..=4).map(shot).collect();
    images.push(json!({
        "fileName": "art/logo-1080.png", "fileStatus": "Uploaded", "id": id(10_000 + i * 10), "description": "",
        "imageType": "StoreLogoSquare"
    }));
    let keywords =
        if i % 100 < WITH_KEYWORDS { json!(["notes", "ink", name.to_lowercase()]) } else { json!([]) };
    json!({
        "baseListing": {
            "copyrightAndTrademarkInfo": "© 2019–2026 Northwind",
            "keywords": keywords,
            "licenseTerms": "",
            "privacyPolicy": "https://northwind.example/privacy",
            "supportContact": "help@northwind.example",
            "websiteUrl": "https://northwind.example",
            "description": format!("{tagline}\r\n\r\n{name}:\r\n• ink, text & photos\r\n• offline first\r\n\r\n{}", "— Northwind"),
            "features": ["Ink, text and photos in one note", "Works offline: everything is on your device", "Search in handwriting", "- no account needed"],
            "releaseNotes": news,
            "images": images,
            "recommendedHardware": [],
            "minimumHardware": ["Touch: optional"],
            "title": null,
            "shortDescription": tagline,
            "shortTitle": "", "sortTitle": "", "voiceTitle": "",
            "devStudio": "Northwind"
        },
        "platformOverrides": {}
    })
}

fn submission(number: usize, category: &str, listings: &Value) -> Value {
    json!({
        "id": id(number),
        "applicationCategory": category,
        "pricing": {
            "trialPeriod": "SevenDays", "marketSpecificPricings": {}, "sales": [], "priceId": "Tier1012",
            "isAdvancedPricingModel": true
        },
        "visibility": "Public",
        "targetPublishMode": "Immediate",
        "targetPublishDate": "1601-01-01T00:00:00.0000000Z",
        "listings": listings,
        "hardwarePreferences": ["Touch", "Keyboard"],
        "automaticBackupEnabled": true,
        "canInstallOnRemovableMedia": true,
        "isGameDvrEnabled": false,
        "gamingOptions": [],
        "hasExternalInAppProducts": false,
        "meetAccessibilityGuidelines": true,
        "notesForCertification": "",
        "status": "Published",
        "statusDetails": { "errors": [], "warnings": [], "certificationReports": [] },
        "fileUploadUrl": null,
        "applicationPackages": packages("applicationPackages", &[("x64", "2.0.0.0")]),
        "packageDeliveryOptions": delivery(),
        "enterpriseLicensing": "Online",
        "allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies": true,
        "allowTargetFutureDeviceFamilies": {
            "Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false, "Team": true
        },
        "friendlyName": format!("Submission {number}"),
        "trailers": []
    })
}

fn delivery() -> Value {
    json!({
        "packageRollout": {
            "isPackageRollout": false, "packageRolloutPercentage": 0.0,
            "packageRolloutStatus": "PackageRolloutNotStarted", "fallbackSubmissionId": "0"
        },
        "isMandatoryUpdate": false,
        "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00.0000000Z"
    })
}

fn packages(of: &str, all: &[(&str, &str)]) -> Value {
    let package = |(i, (architecture, version)): (usize, &(&str, &str))| {
        json!({
            "fileName": format!("HarborNotes_{version}_{architecture}.msix"), "fileStatus": "Uploaded",
            "id": format!("20000000{}{i}", version.replace('.', "")),
            "version": version, "architecture": architecture, "languages": LANGUAGES.map(|(language, ..)| language.to_uppercase()), "capabilities": ["internetClient"],
            "minimumDirectXVersion": "None", "minimumSystemRam": "None",
            "targetDeviceFamilies": ["Windows.Desktop min version 10.0.17763.0"],
            "targetPlatform": if of == "applicationPackages" { "Windows10" } else { "" }
        })
    };
    Value::Array(all.iter().enumerate().map(package).collect())
}

fn add_on(i: usize) -> Value {
    let (product_id, product_type, title) = ADD_ONS[i];
    let listing = |(language, tagline, _): &(&str, &str, &str)| {
        let icon = if i.is_multiple_of(3) {
            json!({ "fileName": format!("{product_id}.png"), "fileStatus": "Uploaded" })
        } else {
            Value::Null
        };
        (
            (*language).to_owned(),
            json!({ "description": format!("{title}: {tagline}"), "icon": icon, "title": title }),
        )
    };
    json!({
        "addOn": { "id": format!("9PADDON{i:05}"), "productId": product_id, "productType": product_type },
        "published": {
            "id": id(1000 + i),
            "contentType": if i % 4 == 3 { "Asp" } else { "OnlineDownload" },
            "keywords": if i == 0 { json!(["pro"]) } else { json!([]) },
            "lifetime": if product_type == "Durable" { "Forever" } else { "NotSet" },
            "listings": LANGUAGES.iter().map(listing).collect::<Map<_, _>>(),
            "pricing": { "marketSpecificPricings": {}, "sales": [], "priceId": format!("Tier{}", 1004 + 2 * i) },
            "targetPublishDate": "1601-01-01T00:00:00Z",
            "targetPublishMode": "Immediate",
            "tag": if i == 0 { "{\"tier\": \"pro\"}" } else { "" },
            "visibility": "Public",
            "status": "Published",
            "statusDetails": { "errors": [], "warnings": [], "certificationReports": [] },
            "fileUploadUrl": null,
            "friendlyName": "Submission 2"
        }
    })
}

fn flight(i: usize) -> Value {
    let below = FLIGHTS.get(i + 1).copied().unwrap_or("Non-flighted submission");
    json!({
        "flight": {
            "flightId": format!("7bfc11d5-f710-47c5-8a98-e04bb5aad31{i}"),
            "friendlyName": FLIGHTS[i],
            "groupIds": [id(5000 + i)],
            "rankHigherThan": below
        },
        "published": {
            "id": id(2000 + i),
            "flightId": format!("7bfc11d5-f710-47c5-8a98-e04bb5aad31{i}"),
            "status": "Published",
            "statusDetails": { "errors": [], "warnings": [], "certificationReports": [] },
            "flightPackages": packages("flightPackages", &[("x64", "4.3.0.0")]),
            "packageDeliveryOptions": delivery(),
            "fileUploadUrl": null,
            "targetPublishMode": "Immediate",
            "targetPublishDate": "",
            "notesForCertification": if i == 0 { "No special steps are required for certification of this app." } else { "" }
        }
    })
}
