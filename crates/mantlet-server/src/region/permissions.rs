//! A configuration of nats-server in which a site can speak for itself only.

use mantlet::scenario::RegionFile;

/// The password's variable of a user.
fn variable(user: &str) -> String {
    format!("MANTLET_{}", user.to_uppercase().replace('-', "_"))
}

/// The configuration for a region: each user with its own subjects, passwords from the
/// server's environment. Works with nats-server from 2.9.10 on.
pub fn nats_config(region: &RegionFile) -> String {
    let mut users = String::new();
    for site in &region.sites {
        users += &format!(
            "    {{ user: \"{site}\", password: ${variable}, permissions: {{\n      \
             publish: [\"mantlet.site.{site}.*\"]\n      \
             subscribe: [\"mantlet.border.{site}\", \"_INBOX.{site}.>\"] }} }}\n",
            variable = variable(site)
        );
    }
    format!(
        "# nats-server configuration of the region \"{name}\", made by\n\
         # mantlet serve --region REGION.toml --print-nats-config. Passwords come from the\n\
         # server's environment. Listen beyond this machine only with TLS.\n\
         listen: \"127.0.0.1:4222\"\n\
         jetstream {{ store_dir: \"nats-data\" }}\n\
         authorization {{\n  users: [\n    {{ user: \"region\", password: ${variable}, \
         permissions: {{\n      \
         publish: [\"mantlet.border.*\", \"$JS.API.>\", \"$JS.ACK.>\"]\n      \
         subscribe: [\"mantlet.site.*.*\", \"_INBOX.region.>\"] }} }}\n{users}  ]\n}}\n",
        name = region.name,
        variable = variable("region"),
    )
}
