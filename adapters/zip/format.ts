/**
 * The part of the zip format (PKWARE APPNOTE 6.3.10) that evidence uses: no zip64, no encryption, no extra
 * fields, no comments, no data descriptors. Offsets are those of the APPNOTE's tables.
 */
export const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
export const sizes = { local: 30, central: 46, end: 22 } as const;

export const methods = { stored: 0, deflated: 8 } as const;

/** Version 2.0, made on Unix, so that the mode below counts. */
export const versionMadeBy = (3 << 8) | 20;
export const versionNeeded = 20;
/** Names are UTF-8. */
export const utf8Flag = 0x0800;
/** 1980-01-01 00:00, the format's zero. */
export const fixedTime = 0;
export const fixedDate = 0x21;
/** A regular file, rw-r--r--. */
export const fixedAttributes = (0o100644 << 16) >>> 0;

export const maxUint16 = 0xffff;
export const maxUint32 = 0xffffffff;
