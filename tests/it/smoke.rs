//! Looks at a picture of the real window that the smoke test took: of the size asked for, and with something on it.

use std::collections::HashSet;

#[test]
#[ignore = "needs a picture of the window: .ci/run takes one under Xvfb and names it in BUNDLESCOPE_PICTURE"]
fn the_picture_of_the_window_shows_something() {
    let path = std::env::var_os("BUNDLESCOPE_PICTURE").expect("BUNDLESCOPE_PICTURE names the picture");
    let asked = std::env::var("BUNDLESCOPE_PICTURE_SIZE").expect("BUNDLESCOPE_PICTURE_SIZE is its size");
    let picture = image::open(path).unwrap().to_rgb8();
    assert_eq!(format!("{}x{}", picture.width(), picture.height()), asked);
    // Text, lines and lanes have many colours; an empty or half-painted window has a handful.
    let colours: HashSet<[u8; 3]> = picture.pixels().map(|p| p.0).collect();
    assert!(colours.len() > 100, "only {} colours", colours.len());
    // Something stands in each quarter.
    let (w, h) = picture.dimensions();
    for (x, y) in [(0, 0), (w / 2, 0), (0, h / 2), (w / 2, h / 2)] {
        let quarter = image::imageops::crop_imm(&picture, x, y, w / 2, h / 2).to_image();
        let colours: HashSet<[u8; 3]> = quarter.pixels().map(|p| p.0).collect();
        assert!(colours.len() > 10, "only {} colours in the quarter at {x},{y}", colours.len());
    }
}
