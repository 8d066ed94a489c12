//! Folders of products against collections.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fixture::{Server, picture};

/// Two products below the folder that may be imported from.
fn with_products() -> (Server, String) {
    let options = lookalike_server::ServerOptions {
        import_roots: lookalike_server::ImportRoots::Anywhere,
        ..lookalike_server::ServerOptions::default()
    };
    let server = Server::with(options);
    let products = server.directory.path().join("products");
    for (file, seed) in [("lamp/1.png", 2), ("lamp/2.png", 3), ("chair-1.png", 1)] {
        let path = products.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, picture(seed)).unwrap();
    }
    std::fs::write(products.join("broken-1.jpg"), b"nothing").unwrap();
    (server, products.to_str().unwrap().to_owned())
}

fn finished(server: &Server, job: &Value) -> Value {
    for _ in 0..600 {
        let report = server.get(&format!("/api/screen/{job}")).json()["data"].clone();
        if report["status"] == "completed" || report["status"] == "failed" {
            return report;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("screening {job} does not end");
}

#[test]
fn a_folder_of_products_is_screened_in_the_background() {
    let (server, products) = with_products();
    let body =
        json!({"path": products, "collection": ["default"], "top_groups": 2, "min_score": -1});
    let started = server.post("/api/screen", body.to_string().as_bytes());
    assert_eq!(started.status, 200);
    let job = started.json()["data"]["job_id"].clone();
    let report = finished(&server, &job);
    assert_eq!(report["status"], "completed", "{report}");
    assert_eq!(
        (&report["total"], &report["processed"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(
        (&report["failed"], &report["progress_percent"]),
        (&json!(1), &json!(100.0))
    );
    let products = report["products"].as_array().unwrap();
    let named: Vec<&Value> = products.iter().map(|product| &product["product"]).collect();
    assert_eq!(named, [&json!("chair"), &json!("lamp"), &json!("broken")]);
    let best = &products[0]["matches"][0];
    assert_eq!(best["patent_id"], "USD1107373");
    assert_eq!(best["picture"], "chair-1.png");
    assert_eq!(best["band"], "near_identical");
    assert!(
        best["thumbnail_url"]
            .as_str()
            .unwrap()
            .starts_with("/api/image/USD1107373")
    );
    assert_eq!(products[1]["matches"].as_array().unwrap().len(), 2);
    assert_eq!(products[2]["failed"][0]["file"], "broken-1.jpg");
    assert!(products[0].get("thumbnail").is_none());

    let csv = server.get(&format!("/api/screen/{job}.csv"));
    assert_eq!(csv.status, 200);
    assert!(String::from_utf8(csv.body).unwrap().contains("chair,1,1,"));
    let html = server.get(&format!("/api/screen/{job}.html"));
    assert_eq!(html.status, 200);
    assert!(
        String::from_utf8(html.body)
            .unwrap()
            .contains("data:image/jpeg;base64,")
    );
    let listed = server.get("/api/screen").json()["data"]["jobs"].clone();
    assert_eq!(listed[0]["job_id"], job);
    let over = server.post(&format!("/api/screen/{job}/cancel"), b"");
    assert_eq!(over.status, 409);
}

#[test]
fn what_can_not_be_screened_is_refused() {
    let (server, products) = with_products();
    for (body, status, message) in [
        (json!({}), 400, "no `path`"),
        (
            json!({"path": format!("{products}/nowhere")}),
            404,
            "can't screen",
        ),
        (
            json!({"path": products, "collection": ["nothing"]}),
            404,
            "nothing",
        ),
        (
            json!({"path": products, "colour": "red"}),
            400,
            "no parameter `colour`",
        ),
    ] {
        let answer = server.post("/api/screen", body.to_string().as_bytes());
        assert_eq!(answer.status, status, "{body}");
        let text = answer.json()["message"].to_string();
        assert!(text.contains(message), "{text}");
    }
    assert_eq!(server.get("/api/screen/99").status, 404);
    assert_eq!(server.get("/api/screen/x").status, 400);
    // By default nothing of the machine may be read through the API.
    let closed = Server::new();
    let body = json!({"path": products}).to_string();
    assert_eq!(closed.post("/api/screen", body.as_bytes()).status, 403);
}
