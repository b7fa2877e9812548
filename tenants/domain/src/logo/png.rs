//! PNG (ISO/IEC 15948): the picture of a file, without what else is in it.

/// What every PNG begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const MOST_BYTES: usize = 100 * 1024;
const MOST_PIXELS: u32 = 1600;
/// What the picture needs: the rest holds texts, places and times, or moves.
const KEPT: [&[u8; 4]; 7] = [b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"];

/// Where the header says what kind of colour it is: behind signature, length, name, two sides and the bits.
const COLOUR_TYPE: usize = 25;

/// The picture, its width and its height.
pub(super) fn picture_of(content: &[u8]) -> Result<(Vec<u8>, f64, f64), String> {
    if content.len() > MOST_BYTES {
        return Err(format!("it has {} bytes; a PNG has at most {MOST_BYTES}", content.len()));
    }
    let cut = || "it is no whole PNG".to_owned();
    let mut rest = content.strip_prefix(SIGNATURE).ok_or_else(cut)?;
    let mut picture = SIGNATURE.to_vec();
    let (mut size, mut seen) = (None, Vec::new());
    while !rest.is_empty() {
        // Length, name, content, checksum (5.3).
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let (named, after) = after.split_at_checked(4 + length).ok_or_else(cut)?;
        let (sum, after) = after.split_first_chunk::<4>().ok_or_else(cut)?;
        let (name, body) = named.split_first_chunk::<4>().ok_or_else(cut)?;
        if crc(named) != u32::from_be_bytes(*sum) {
            return Err("it is damaged: a checksum of the PNG is wrong".to_owned());
        }
        if seen.is_empty() {
            size = Some(dimensions(name, body).ok_or_else(cut)?);
        }
        if KEPT.contains(&name) {
            in_order(&seen, name)?;
            seen.push(*name);
            picture.extend_from_slice(&rest[..12 + length]);
        } else if name[0].is_ascii_uppercase() {
            // What a reader has to understand (5.4) and none does: without it the picture would be another.
            return Err(
                "it is no plain PNG, such as those that are made for one kind of telephone; save it anew".to_owned()
            );
        }
        rest = after;
        if name == b"IEND" {
            // Whatever follows is no picture.
            break;
        }
    }
    let indexed = content.get(COLOUR_TYPE) == Some(&3);
    if seen.last() != Some(b"IEND") || !seen.contains(b"IDAT") || (indexed && !seen.contains(b"PLTE")) {
        return Err(cut());
    }
    let (width, height) = size.ok_or_else(cut)?;
    let fits = |side: u32| (1..=MOST_PIXELS).contains(&side);
    if !fits(width) || !fits(height) {
        return Err(format!("it is {width} × {height} pixels; a PNG has at most {MOST_PIXELS} on a side"));
    }
    Ok((picture, f64::from(width), f64::from(height)))
}

/// Refuses what programs read differently: a second header with another size, say, or colours after the picture (5.6).
fn in_order(seen: &[[u8; 4]], name: &[u8; 4]) -> Result<(), String> {
    let first = !seen.contains(name);
    let fits = match name {
        b"IDAT" => first || seen.last() == Some(b"IDAT"),
        b"IEND" => true,
        _ => first && !seen.contains(b"IDAT"),
    };
    fits.then_some(()).ok_or_else(|| "its parts are not in order; save it anew".to_owned())
}

fn dimensions(name: &[u8; 4], body: &[u8]) -> Option<(u32, u32)> {
    let (width, rest) = body.split_first_chunk::<4>()?;
    let (height, rest) = rest.split_first_chunk::<4>()?;
    let known = match rest {
        // Bits and kind of colour as they go together (11.2.1), and the one way of packing.
        [bits, kind, 0, 0, 0 | 1] => match kind {
            0 => [1, 2, 4, 8, 16].contains(bits),
            3 => [1, 2, 4, 8].contains(bits),
            2 | 4 | 6 => [8, 16].contains(bits),
            _ => false,
        },
        _ => false,
    };
    (name == b"IHDR" && known).then_some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// CRC-32 as in annex D.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let named = [name.as_slice(), body].concat();
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        [&length[..], &named, &crc(&named).to_be_bytes()].concat()
    }

    fn header(width: u32, height: u32) -> Vec<u8> {
        header_of(width, height, [8, 6, 0, 0, 0])
    }

    fn header_of(width: u32, height: u32, kind: [u8; 5]) -> Vec<u8> {
        chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &kind].concat())
    }

    /// A PNG as far as its form goes.
    pub(crate) fn picture(width: u32, height: u32) -> Vec<u8> {
        [SIGNATURE, &header(width, height), &chunk(b"IDAT", b"pixels"), &chunk(b"IEND", b"")].concat()
    }

    #[test]
    fn checksums_are_those_of_the_standard() {
        // The chunk that ends every PNG is the same in all of them.
        assert_eq!(chunk(b"IEND", b""), b"\0\0\0\0IEND\xae\x42\x60\x82");
    }

    #[test]
    fn only_the_picture_is_kept() {
        let more = [
            SIGNATURE,
            &header(20, 10),
            &chunk(b"tEXt", b"Author\0Lova Lind"),
            &chunk(b"eXIf", b"where it was taken"),
            &chunk(b"acTL", b"moving"),
            &chunk(b"IDAT", b"pixels"),
            &chunk(b"IEND", b""),
            b"PK\x03\x04 an archive behind it",
        ]
        .concat();
        assert_eq!(picture_of(&more), Ok((picture(20, 10), 20.0, 10.0)));
        assert_eq!(picture_of(&picture(20, 10)), Ok((picture(20, 10), 20.0, 10.0)));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = picture(20, 10);
        for length in SIGNATURE.len()..whole.len() {
            assert!(picture_of(&whole[..length]).is_err(), "cut off after {length}");
        }
        let mut damaged = whole.clone();
        damaged[20] ^= 1;
        assert!(picture_of(&damaged).is_err_and(|why| why.contains("damaged")));
        for (width, height) in [(0, 10), (10, 0), (1601, 10), (10, 1601), (u32::MAX, u32::MAX)] {
            assert!(picture_of(&picture(width, height)).is_err_and(|why| why.contains("pixels")), "{width} {height}");
        }
        let no_picture = [SIGNATURE, &header(1, 1), &chunk(b"IEND", b"")].concat();
        let no_header = [SIGNATURE, &chunk(b"IDAT", b""), &chunk(b"IEND", b"")].concat();
        let endless = [SIGNATURE, &header(1, 1), &u32::MAX.to_be_bytes(), b"IDAT"].concat();
        for wrong in [no_picture, no_header, endless, SIGNATURE.to_vec()] {
            assert!(picture_of(&wrong).is_err(), "{wrong:?}");
        }
        let large = [SIGNATURE, &header(9, 9), &chunk(b"IDAT", &vec![0; MOST_BYTES]), &chunk(b"IEND", b"")].concat();
        assert!(picture_of(&large).is_err_and(|why| why.contains("at most 102400")));
    }

    #[test]
    fn every_kind_of_picture_is_taken_and_nothing_that_is_called_one() {
        let (data, colours, end) = (chunk(b"IDAT", b"pixels"), chunk(b"PLTE", b"rgb"), chunk(b"IEND", b""));
        let of = |kind: [u8; 5], before: &[u8]| {
            picture_of(&[SIGNATURE, &header_of(20, 10, kind), before, &data, &data, &end].concat())
        };
        for kind in [[1, 0, 0, 0, 0], [16, 0, 0, 0, 1], [8, 2, 0, 0, 0], [16, 6, 0, 0, 1], [8, 4, 0, 0, 0]] {
            assert!(of(kind, b"").is_ok(), "{kind:?}");
        }
        assert!(of([4, 3, 0, 0, 0], &colours).is_ok());
        assert!(of([4, 3, 0, 0, 0], b"").is_err(), "colours by number, and none is named");
        let wrong =
            [[8, 1, 0, 0, 0], [4, 2, 0, 0, 0], [16, 3, 0, 0, 0], [8, 6, 1, 0, 0], [8, 6, 0, 1, 0], [8, 6, 0, 0, 2]];
        for kind in wrong.into_iter().chain([[3, 0, 0, 0, 0], [8, 7, 0, 0, 0], [0, 6, 0, 0, 0]]) {
            assert!(of(kind, &colours).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn what_programs_read_differently_is_refused() {
        let (head, data, end) = (header(20, 10), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b""));
        let (other, colours, note) = (header(9_999, 9_999), chunk(b"PLTE", b"rgb"), chunk(b"tEXt", b"a\0b"));
        for (parts, why) in [
            ([&head, &other, &data], "in order"),
            ([&head, &data, &other], "in order"),
            ([&head, &data, &colours], "in order"),
            ([&head, &chunk(b"CgBI", b"\x50\0\x20\x02"), &data], "no plain PNG"),
            ([&chunk(b"CgBI", b"\x50\0\x20\x02"), &head, &data], "no whole PNG"),
        ] {
            let file = [SIGNATURE, parts[0], parts[1], parts[2], &end].concat();
            assert!(picture_of(&file).is_err_and(|found| found.contains(why)), "{why}: {file:?}");
        }
        let parted = [SIGNATURE, &head, &data, &colours, &data, &end].concat();
        assert!(picture_of(&parted).is_err());
        // What is left out parts nothing.
        let noted = [SIGNATURE, &head, &data, &note, &data, &end].concat();
        assert_eq!(picture_of(&noted).map(|(_, width, height)| (width, height)), Ok((20.0, 10.0)));
    }
}
