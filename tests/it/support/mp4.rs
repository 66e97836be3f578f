//! Makes videos of which only the boxes are real.

/// A movie of one track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Movie {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// How many units of time it plays.
    pub(crate) length: u64,
    /// How many of them are a second.
    pub(crate) per_second: u32,
    /// What the track holds: `vide`, `soun`, `text`.
    pub(crate) handler: [u8; 4],
    /// Whether times have 64 bits.
    pub(crate) long: bool,
}

impl Default for Movie {
    fn default() -> Self {
        Self { width: 1920, height: 1080, length: 12_500, per_second: 1000, handler: *b"vide", long: false }
    }
}

impl Movie {
    /// A file.
    pub(crate) fn mp4(&self) -> Vec<u8> {
        let ftyp = boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
        [ftyp, self.moov(), boxed(*b"mdat", b"pictures")].concat()
    }

    pub(crate) fn moov(&self) -> Vec<u8> {
        boxed(*b"moov", &[self.mvhd(), self.trak()].concat())
    }

    pub(crate) fn mvhd(&self) -> Vec<u8> {
        let per_second = self.per_second.to_be_bytes();
        boxed(*b"mvhd", &[self.head(), per_second.to_vec(), self.time(self.length), vec![0; 80]].concat())
    }

    pub(crate) fn trak(&self) -> Vec<u8> {
        let size = [self.width, 0, self.height, 0].map(u16::to_be_bytes).concat();
        let tkhd =
            [self.head(), vec![0, 0, 0, 1, 0, 0, 0, 0], self.time(self.length), vec![0; 52], size].concat();
        boxed(*b"trak", &[boxed(*b"tkhd", &tkhd), self.mdia()].concat())
    }

    pub(crate) fn mdia(&self) -> Vec<u8> {
        let hdlr = [&[0; 8], self.handler.as_slice(), &[0; 13]].concat();
        boxed(*b"mdia", &boxed(*b"hdlr", &hdlr))
    }

    /// Version and flags, and when the thing was made and changed.
    fn head(&self) -> Vec<u8> {
        [vec![u8::from(self.long), 0, 0, 0], self.time(0), self.time(0)].concat()
    }

    fn time(&self, time: u64) -> Vec<u8> {
        if self.long {
            time.to_be_bytes().to_vec()
        } else {
            u32::try_from(time).unwrap().to_be_bytes().to_vec()
        }
    }
}

/// A box.
pub(crate) fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(8 + content.len()).unwrap();
    [&size.to_be_bytes(), &kind, content].concat()
}

/// A box whose size is written in 64 bits.
pub(crate) fn boxed_64(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = 16 + content.len() as u64;
    [&1_u32.to_be_bytes(), kind.as_slice(), &size.to_be_bytes(), content].concat()
}

/// A box that goes on to the end of the file.
pub(crate) fn boxed_to_the_end(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&[0; 4], &kind, content].concat()
}
