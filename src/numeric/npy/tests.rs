use super::*;

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// A file with this header of a version, and these bytes of data.
fn raw(version: u8, dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((dictionary.len() as u16).to_le_bytes()),
        _ => bytes.extend((dictionary.len() as u32).to_le_bytes()),
    }
    bytes.extend(dictionary.bytes());
    bytes.extend(data);
    bytes
}

fn npy(dictionary: &str, values: &[f64]) -> Vec<u8> {
    raw(1, dictionary, &values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>())
}

fn read(bytes: &[u8]) -> Array {
    read_tensor(file(bytes).path()).unwrap()
}

fn told(bytes: &[u8]) -> String {
    let error = read_tensor(file(bytes).path()).unwrap_err();
    assert_eq!((error.exit_code(), error.to_string().lines().count()), (2, 1));
    error.to_string()
}

#[test]
fn what_is_written_reads_back() {
    let values: Vec<f64> = (0..27).map(|i| f64::from(i) / 7.0 - 1.0).collect();
    let mut bytes = Vec::new();
    write(&mut bytes, &[3, 3, 3], values.iter().copied()).unwrap();
    assert_eq!((bytes.len() - 27 * 8) % 64, 0);
    assert_eq!(read(&bytes), Array { shape: vec![3, 3, 3], values });
}

#[test]
fn the_header_is_read_by_another_reader_too() {
    let mut bytes = Vec::new();
    write(&mut bytes, &[2, 2], [1.0, 2.0, 3.0, 4.0]).unwrap();
    let other = npyz::NpyFile::new(&bytes[..]).unwrap();
    assert_eq!(other.shape(), [2, 2]);
    assert_eq!(other.into_vec::<f64>().unwrap(), [1.0, 2.0, 3.0, 4.0]);
    let mut flat = Vec::new();
    write(&mut flat, &[3], [1.0, 2.0, 3.0]).unwrap();
    assert_eq!(npyz::NpyFile::new(&flat[..]).unwrap().shape(), [3]);
}

/// Numbers of a type in both byte orders, with what they are in double precision.
struct Case {
    descr: &'static str,
    little: Vec<Vec<u8>>,
    values: Vec<f64>,
}

macro_rules! case {
    ($descr:literal, $kind:ty, $values:expr) => {{
        let values: Vec<$kind> = $values;
        let little = values.iter().map(|x| x.to_le_bytes().to_vec()).collect();
        Case { descr: $descr, little, values: values.into_iter().map(|x| x as f64).collect() }
    }};
}

/// Eight numbers of every type, the least and the largest among them.
fn cases() -> Vec<Case> {
    let halves: [(u16, f64); 8] = [
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x7bff, 65504.0),
        (0x0001, 5.960_464_477_539_063e-8),
        (0x83ff, -6.097_555_160_522_461e-5),
        (0x0400, 6.103_515_625e-5),
        (0x3555, 0.333_251_953_125),
        (0x0000, 0.0),
    ];
    let bools = [true, false, false, true, true, true, false, false];
    vec![
        case!("f8", f64, vec![1.0, -2.5, 3e-300, 4e300, f64::MIN_POSITIVE, 5e-324, 0.1, -0.0]),
        case!("f4", f32, vec![1.0, -2.5, 3e-30, 4e30, f32::MIN_POSITIVE, 1e-45, 0.1, -0.0]),
        case!("i1", i8, vec![1, -2, i8::MIN, i8::MAX, 0, 5, 6, 7]),
        case!("i2", i16, vec![1, -2, i16::MIN, i16::MAX, 0, 5, 6, 700]),
        case!("i4", i32, vec![1, -2, i32::MIN, i32::MAX, 0, 5, 6, 70_000]),
        case!("i8", i64, vec![1, -2, i64::MIN, i64::MAX, 0, 5, (1 << 53) + 1, -7_000_000_000]),
        case!("u1", u8, vec![1, 2, 3, u8::MAX, 0, 5, 128, 7]),
        case!("u2", u16, vec![1, 2, 3, u16::MAX, 0, 5, 6, 40_000]),
        case!("u4", u32, vec![1, 2, 3, u32::MAX, 0, 5, 6, 4_000_000_000]),
        case!("u8", u64, vec![1, 2, 3, u64::MAX, 0, 5, 6, 1 << 63]),
        Case {
            descr: "f2",
            little: halves.iter().map(|(bits, _)| bits.to_le_bytes().to_vec()).collect(),
            values: halves.iter().map(|&(_, value)| value).collect(),
        },
        Case {
            descr: "b1",
            little: bools.iter().map(|&bit| vec![u8::from(bit)]).collect(),
            values: bools.iter().map(|&bit| f64::from(u8::from(bit))).collect(),
        },
    ]
}

/// Data in the order of the file as another reader has them; `None` for types that it does not know.
fn by_another(bytes: &[u8]) -> Option<Vec<f64>> {
    let open = || npyz::NpyFile::new(bytes).unwrap();
    macro_rules! first {
        ($($kind:ty),*) => {
            $(if let Ok(values) = open().into_vec::<$kind>() {
                return Some(values.into_iter().map(|x| x as f64).collect());
            })*
        };
    }
    first!(f64, f32, i8, i16, i32, i64, u8, u16, u32, u64);
    let bools = open().into_vec::<bool>().ok()?;
    Some(bools.into_iter().map(|x| f64::from(u8::from(x))).collect())
}

/// A cube of side 2 is its own mirror image in neither order: place 0bijk in C order is place 0bkji in Fortran order.
#[test]
fn every_type_byte_order_and_order_of_axes_is_read_as_what_it_is() {
    let mirrored = [0, 4, 2, 6, 1, 5, 3, 7];
    let mut read_by_both = 0;
    for Case { descr, little, values } in cases() {
        for (order, version, is_fortran) in [('<', 1, false), ('>', 2, false), ('<', 3, true), ('>', 1, true)]
        {
            let one = |bytes: &Vec<u8>| match order {
                '<' => bytes.clone(),
                _ => bytes.iter().rev().copied().collect(),
            };
            let data: Vec<u8> = little.iter().flat_map(one).collect();
            // NumPy has no order for single bytes.
            let order = if little[0].len() == 1 { '|' } else { order };
            let python = if is_fortran { "True" } else { "False" };
            let text =
                format!("{{'descr': '{order}{descr}', 'fortran_order': {python}, 'shape': (2, 2, 2), }}\n");
            let bytes = raw(version, &text, &data);
            let expected = match is_fortran {
                true => mirrored.map(|place| values[place]).to_vec(),
                false => values.clone(),
            };
            let found = read(&bytes);
            assert_eq!(found.shape, [2, 2, 2]);
            let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&found.values), bits(&expected), "{text}");
            if let Some(other) = by_another(&bytes) {
                assert_eq!(bits(&other), bits(&values), "{text}");
                read_by_both += 1;
            }
        }
    }
    // All but float16.
    assert_eq!(read_by_both, 44);
}

/// All 65536 numbers of binary16 against the definition, and their order.
#[test]
fn halves_are_exact() {
    let value = |bits: u16| element::Element::of("'<f2'").unwrap().value(&bits.to_le_bytes()).unwrap();
    for bits in 0..0x7c00_u16 {
        let exponent = i32::from(bits >> 10);
        let fraction = f64::from(bits % 1024) / 1024.0;
        let expected = match exponent {
            0 => fraction * 2f64.powi(-14),
            _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
        };
        assert_eq!((value(bits), value(bits | 0x8000)), (expected, -expected), "{bits:x}");
        assert!(bits == 0 || value(bits) > value(bits - 1));
    }
    assert_eq!((value(0x7c00), value(0xfc00)), (f64::INFINITY, f64::NEG_INFINITY));
    assert!((0x7c01..0x8000_u16).all(|bits| value(bits).is_nan() && value(bits | 0x8000).is_nan()));
}

#[test]
fn headers_that_other_writers_make_are_read() {
    let four = [1.0, 2.0, 3.0, 4.0];
    for dictionary in [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }",
        "{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<f8\"}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 2L), }",
        "  { 'fortran_order' : False , 'descr' : '<f8' , 'shape' : ( 2 , 2 , ) }   \n",
    ] {
        assert_eq!(read(&npy(dictionary, &four)).values, four, "{dictionary}");
    }
    if cfg!(target_endian = "little") {
        assert_eq!(
            read(&npy("{'descr': '=f8', 'fortran_order': False, 'shape': (2, 2)}", &four)).values,
            four
        );
    }
}

#[test]
fn anything_else_is_refused_with_its_reason() {
    let four = [1.0, 2.0, 2.0, 1.0];
    let good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    assert!(read_tensor(file(&npy(good, &four)).path()).is_ok());
    let bools = raw(1, &good.replace("<f8", "|b1"), &[0, 1, 2, 0]);
    let cases = [
        (npy(&good.replace("<f8", "<c16"), &four), "its type is '<c16', complex128: save its real part"),
        (npy(&good.replace("<f8", "<c8"), &four), "its type is '<c8', complex64"),
        (npy(&good.replace("<f8", "|O"), &four), "its type is '|O', object: save A.astype(float)"),
        (npy(&good.replace("<f8", "<f16"), &four), "its type is '<f16', float128"),
        (npy(&good.replace("<f8", "<U3"), &four), "its type is '<U3', text"),
        (npy(&good.replace("<f8", "<M8[us]"), &four), "its type is '<M8[us]', dates"),
        (npy(&good.replace("<f8", "|V2"), &four), "its type is '|V2', no real number"),
        (npy(&good.replace("<f8", "<i3"), &four), "its type is '<i3', no real number"),
        (npy(&good.replace("<f8", "é"), &four), "its type is 'é', no real number"),
        (npy(&good.replace("<f8", ""), &four), "its type is '', no real number"),
        (
            npy(&good.replace("'<f8'", "[('a', '<f8'), ('b', '<i4')]"), &four),
            "its type is [('a', '<f8'), ('b', '<i4')], structured: save one field",
        ),
        (npy(&good.replace("'<f8'", "('<f8', (2,))"), &four), "its type is ('<f8', (2,)), an array in"),
        (npy(&good.replace("False", "Maybe"), &four), "its fortran_order is Maybe"),
        (npy(&good.replace("(2, 2)", "(4,)"), &four), "its shape is (4,)"),
        (npy(&good.replace("(2, 2)", "(1, 4)"), &four), "its shape is (1, 4)"),
        (npy(&good.replace("(2, 2)", "(-2, -2)"), &four), "its shape is (-2, -2)"),
        (npy(&good.replace("(2, 2)", "((2, 2), 2)"), &four), "its shape is ((2, 2), 2)"),
        (npy(&good.replace("(2, 2)", "(4000000000, 4000000000, 4000000000)"), &four), "does not match"),
        (npy(good, &four[..3]), "its shape [2, 2] does not match its 24 bytes"),
        (npy(&good.replace("<f8", "<f4"), &four), "its shape [2, 2] does not match its 32 bytes"),
        (npy(good, &[1.0, f64::NAN, 2.0, 1.0]), "value 1 is NaN"),
        (npy(&good.replace("False", "True"), &[1.0, f64::NAN, 2.0, 1.0]), "value 2 is NaN"),
        (bools, "value 2 is 2, which is no bool"),
        (npy(&format!("{}'descr': '<f8'}}", &good[..good.len() - 1]), &four), "its header has descr twice"),
        (npy(&good.replace("'descr'", "'dtype'"), &four), "its header has an unknown key dtype"),
        (npy("{'shape': (2, 2)}", &four), "lacks"),
        (npy("{'shape': (2, 2}", &four), "no dictionary"),
        (npy("{'shape: (2, 2)}", &four), "no dictionary"),
        (npy("{'shape': (2, 2))}", &four), "no dictionary"),
        (npy("{'shape'}", &four), "no dictionary"),
        (npy("[]", &four), "no dictionary"),
        (b"\x93NUMPY\x07\0".to_vec(), "version 7"),
        (b"\x93NUMPY\x02\0\xff\xff\xff\xff".to_vec(), "a header of"),
        (b"PK\x03\x04aaaaaaaaaa".to_vec(), "not an npy file"),
        (Vec::new(), "ends too early"),
    ];
    for (bytes, reason) in cases {
        let error = told(&bytes);
        assert!(error.contains(reason), "{error} lacks {reason}");
    }
    assert_eq!(read_tensor(Path::new("/nowhere/x.npy")).unwrap_err().exit_code(), 2);
    assert_eq!(read_tensor(Path::new("/dev/zero")).unwrap_err().exit_code(), 2);
}

/// A quote is whole, or says how long it is.
#[test]
fn long_headers_are_quoted_with_their_length() {
    let fields: Vec<String> = (0..100).map(|i| format!("('f{i}', '<f8')")).collect();
    let text = format!("{{'descr': [{}], 'fortran_order': False, 'shape': (2, 2)}}", fields.join(", "));
    let error = told(&raw(2, &text, &[]));
    assert!(error.contains(" … (1590 characters), structured: save one field"), "{error}");
    let axes = "2, ".repeat(39);
    let error = told(&npy(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({axes})}}"), &[]));
    assert!(error.contains(&format!("its shape is ({axes})")), "{error}");
}
