//! The page is embedded from `web/dist`, which `make page` fills; an empty folder is
//! enough to build, and the service then says that the page is missing.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("web/dist")?;
    println!("cargo:rerun-if-changed=web/dist");
    Ok(())
}
