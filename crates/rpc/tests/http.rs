//! The HTTP transport against a server that misbehaves.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::post;
use lumenscope_rpc::{Client, Http, HttpOptions, RetryPolicy, RpcError, SystemClock};

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn client(url: &str) -> Client {
    let options = HttpOptions { request_timeout: Duration::from_millis(300), ..Default::default() };
    Client::with(Http::new(url, options).expect("a URL"), SystemClock, RetryPolicy::never())
}

async fn error(router: Router) -> RpcError {
    let url = serve(router).await;
    client(&url).health().await.expect_err("no health")
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let endless = Router::new().route("/", post(async || vec![b' '; 49 << 20]));
    let client = Client::new(&serve(endless).await).expect("a URL");
    let error = client.health().await.expect_err("too large");
    assert!(matches!(error, RpcError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_never_comes_times_out() {
    let silent = Router::new().route("/", post(std::future::pending::<String>));
    assert!(matches!(error(silent).await, RpcError::Timeout { .. }));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = serve(Router::new().route("/", post(async || "reached"))).await;
    let moved = Router::new().route("/", post(async move || Redirect::temporary(&target)));
    assert!(matches!(error(moved).await, RpcError::Status { status: 307, .. }));
}

#[tokio::test]
async fn another_status_and_another_text_are_errors() {
    let failing = Router::new().route("/", post(async || StatusCode::BAD_GATEWAY));
    assert!(matches!(error(failing).await, RpcError::Status { status: 502, .. }));
    let html = Router::new().route("/", post(async || "<html>"));
    assert!(matches!(error(html).await, RpcError::InvalidResponse { .. }));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let error = client("http://127.0.0.1:1").health().await.expect_err("nobody");
    assert!(matches!(error, RpcError::Unreachable { .. }), "{error}");
    assert!(error.is_transient());
}

#[test]
fn only_http_urls_with_a_host_are_taken() {
    for wrong in ["", "localhost:8000", "ftp://host", "file:///etc/passwd", "http://"] {
        assert!(Http::new(wrong, HttpOptions::default()).is_err(), "{wrong}");
    }
}
