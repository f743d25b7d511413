//! Whose request it is: the principal of its bearer token.

use super::{
    super::{Namespace, access::Identity, auth::token, end::Ending, open},
    FORBIDDEN, Refused, UNAUTHORIZED,
};
use crate::{cloud::Core, http::HttpRequest, ruling::Ruling};

/// The principal whose token the request bears, by its object id.
pub(super) fn bearer(
    core: &Core,
    namespace: &Namespace,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) -> Result<Identity, Refused> {
    let header = request.header("authorization");
    let token = header.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let proof = token::entra(core, namespace, token.map(str::as_bytes), ruling);
    let identity = proof.map(|proof| proof.identity).map_err(|Ending { because, .. }| {
        let hint = "expected `Authorization: Bearer TOKEN` with a token of Microsoft Entra for \
                    https://eventgrid.azure.net/";
        let told = ruling.why.as_deref().unwrap_or("the token is not taken");
        let is_known = because == open::ENTRA_ROLES;
        Refused::new(if is_known { FORBIDDEN } else { UNAUTHORIZED }, format!("{told}; {hint}"))
    })?;
    if ruling.gives_wrong_value(open::HTTP_IDENTITY) {
        return Ok(Identity { authentication_name: "http".to_owned(), ..identity });
    }
    Ok(identity)
}
