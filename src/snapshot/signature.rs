//! Signatures of minisign's format over a manifest: signed by one library, looked at by another.
//!
//! The format leaves the first line of a signature unsigned. Here it is one of two fixed ones, and the rest has to be in its
//! one spelling, so that no byte of a signature can be another one unseen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a signature says that it is of.
pub const SIGNED_FILE: &str = "file:snapshot.json";

const OWN_COMMENT: &str = "signature of a mcpdex snapshot";
/// What other programs write there.
const COMMENTS: [&str; 3] = [OWN_COMMENT, "signature from minisign secret key", "signature from rsign secret key"];

/// Bytes of a key's or a signature's file.
pub(super) const MAX_TEXT: u64 = 64 << 10;

/// Why a key cannot be used. Says nothing of what the file holds.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("it is no secret key of minisign's format")]
    NoSecretKey,
    #[error("it cannot be opened: the password is another one, or the file is damaged")]
    Closed,
    #[error("it is no public key of minisign's format")]
    NoPublicKey,
    #[error("it is a secret key; the public one belongs here")]
    Secret,
    #[error("it does not sign")]
    NoSignature,
}

/// Why a signature is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    #[error("it is no signature of minisign's format in its usual spelling")]
    Form,
    #[error("it is of another key")]
    OtherKey,
    #[error("it does not fit: the manifest or the signature was changed, or another key signed")]
    Wrong,
    #[error("it is of another file than a snapshot's manifest")]
    OtherFile,
}

/// A key that signs. It shows itself to nobody.
pub struct SigningKey(minisign::SecretKey);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey {}", self.id())
    }
}

/// The bytes of a key's second line, or of a line alone.
fn key_bytes(text: &str) -> Option<Vec<u8>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    let line = if first.starts_with("untrusted comment:") { lines.next()? } else { first };
    STANDARD.decode(line.trim()).ok()
}

/// Whether a secret key is closed by a password.
///
/// # Errors
/// The text is no secret key.
pub fn secret_key_needs_password(text: &str) -> Result<bool, KeyError> {
    let bytes = key_bytes(text).filter(|bytes| bytes.len() == 158 && bytes.starts_with(b"Ed"));
    Ok(bytes.ok_or(KeyError::NoSecretKey)?[2..4] != [0, 0])
}

impl SigningKey {
    /// Reads a secret key; `password` opens it where it is closed by one.
    ///
    /// # Errors
    /// The text is no secret key, or the password does not open it.
    pub fn read(text: &str, password: Option<String>) -> Result<SigningKey, KeyError> {
        let closed = secret_key_needs_password(text)?;
        let text = minisign::SecretKeyBox::from_string(text).map_err(|_| KeyError::NoSecretKey)?;
        let key = match (closed, password) {
            (false, _) => text.into_unencrypted_secret_key(),
            (true, Some(password)) => text.into_secret_key(Some(password)),
            // The library would ask by itself, and write to stdout.
            (true, None) => return Err(KeyError::Closed),
        };
        key.map(SigningKey).map_err(|_| KeyError::Closed)
    }

    /// The number by which minisign shows a key.
    pub fn id(&self) -> String {
        key_id(self.0.keynum())
    }

    /// Signs a manifest; `at` is the time in seconds since 1970.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn sign(&self, manifest: &[u8], at: i64) -> Result<String, KeyError> {
        let trusted = format!("timestamp:{at}\t{SIGNED_FILE}\thashed");
        minisign::sign(None, &self.0, manifest, Some(&trusted), Some(OWN_COMMENT))
            .map(minisign::SignatureBox::into_string)
            .map_err(|_| KeyError::NoSignature)
    }
}

fn key_id(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// A key that vouches.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    key: minisign_verify::PublicKey,
    id: String,
}

impl VerifyingKey {
    /// Reads a public key: minisign's file, or its second line alone.
    ///
    /// # Errors
    /// The text is no public key.
    pub fn read(text: &str) -> Result<VerifyingKey, KeyError> {
        if secret_key_needs_password(text).is_ok() {
            return Err(KeyError::Secret);
        }
        let bytes = key_bytes(text).filter(|bytes| bytes.len() == 42).ok_or(KeyError::NoPublicKey)?;
        let key =
            minisign_verify::PublicKey::from_base64(&STANDARD.encode(&bytes)).map_err(|_| KeyError::NoPublicKey)?;
        Ok(VerifyingKey { key, id: key_id(&bytes[2..10]) })
    }

    /// The number by which minisign shows a key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Holds a signature against a manifest; what the signer said of it (time and file), which is signed as well.
    ///
    /// # Errors
    /// The signature is not accepted.
    pub fn verify(&self, manifest: &[u8], signature: &str) -> Result<String, SignatureError> {
        if !is_usual(signature) {
            return Err(SignatureError::Form);
        }
        let signature = minisign_verify::Signature::decode(signature).map_err(|_| SignatureError::Form)?;
        self.key.verify(manifest, &signature, false).map_err(|error| match error {
            minisign_verify::Error::UnexpectedKeyId => SignatureError::OtherKey,
            _ => SignatureError::Wrong,
        })?;
        let said = signature.trusted_comment();
        if !said.split('\t').any(|part| part == SIGNED_FILE) {
            return Err(SignatureError::OtherFile);
        }
        Ok(said.to_owned())
    }
}

/// Whether a signature is in its one spelling: four lines, the first of them one of those that are known.
fn is_usual(text: &str) -> bool {
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or_default().split('\n').collect();
    let [untrusted, signature, trusted, global] = lines[..] else { return false };
    let is_base64 = |line: &str| STANDARD.decode(line).is_ok_and(|bytes| STANDARD.encode(bytes) == line);
    untrusted.strip_prefix("untrusted comment: ").is_some_and(|comment| COMMENTS.contains(&comment))
        && trusted.starts_with("trusted comment: ")
        && is_base64(signature)
        && is_base64(global)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    fn keys() -> (SigningKey, VerifyingKey) {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let secret = pair.sk.to_box(None).unwrap().into_string();
        let public = pair.pk.to_box().unwrap().into_string();
        (SigningKey::read(&secret, None).unwrap(), VerifyingKey::read(&public).unwrap())
    }

    #[test]
    fn every_changed_bit_of_a_signature_is_refused() {
        let (own, public) = keys();
        assert_eq!(own.id(), public.id());
        let signature = own.sign(b"manifest", 1_900_000_000).unwrap();
        assert!(public.verify(b"manifest", &signature).unwrap().contains("timestamp:1900000000"));
        assert!(public.verify(b"Manifest", &signature).is_err());
        for at in 0..signature.len() {
            for bit in 0..8 {
                let mut bytes = signature.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(public.verify(b"manifest", &changed).is_err(), "byte {at}, bit {bit}");
            }
        }
        for other in
            [String::new(), signature.replace('\n', "\r\n"), format!("{signature}\n"), signature.trim_end().to_owned()]
        {
            assert!(matches!(public.verify(b"manifest", &other), Err(SignatureError::Form)), "{other:?}");
        }
        let (_, stranger) = keys();
        assert!(matches!(stranger.verify(b"manifest", &signature), Err(SignatureError::OtherKey)));
    }

    #[test]
    fn a_signature_of_another_file_by_the_same_key_is_refused() {
        let (own, public) = keys();
        let other = minisign::sign(None, &own.0, &b"manifest"[..], Some("timestamp:1\tfile:x.tar"), Some(OWN_COMMENT));
        let refused = public.verify(b"manifest", &other.unwrap().into_string());
        assert!(matches!(refused, Err(SignatureError::OtherFile)), "{refused:?}");
    }

    #[test]
    fn a_key_is_what_it_says_and_shows_nothing() {
        let pair = minisign::KeyPair::generate_encrypted_keypair(Some("open sesame".to_owned())).unwrap();
        let secret = pair.sk.to_box(None).unwrap().into_string();
        let public = pair.pk.to_box().unwrap().into_string();
        assert!(secret_key_needs_password(&secret).unwrap());
        assert!(matches!(SigningKey::read(&secret, None), Err(KeyError::Closed)));
        assert!(matches!(SigningKey::read(&secret, Some("other".to_owned())), Err(KeyError::Closed)));
        let key = SigningKey::read(&secret, Some("open sesame".to_owned())).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {}", key.id()));
        assert!(matches!(VerifyingKey::read(&secret), Err(KeyError::Secret)));
        assert!(matches!(SigningKey::read(&public, None), Err(KeyError::NoSecretKey)));
        for text in ["", "untrusted comment: x", "untrusted comment: x\nAAAA\n", "RWQ", "\u{0}"] {
            assert!(VerifyingKey::read(text).is_err() && SigningKey::read(text, None).is_err(), "{text:?}");
        }
        assert!(VerifyingKey::read(public.lines().nth(1).unwrap()).is_ok(), "the second line alone");
    }
}
