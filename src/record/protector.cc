#include "record/protector.h"

#include <bit>
#include <cstring>

namespace ciao::tls {
namespace {

// RFC 5288 §3: "explicit nonce_explicit[8]" after a salt of four bytes.
constexpr std::size_t kExplicitNonceSize = 8;
constexpr std::size_t kSaltSize = kAeadNonceSize - kExplicitNonceSize;

std::uint64_t big_endian(std::uint64_t number) {
  return std::endian::native == std::endian::little ? std::byteswap(number) : number;
}

constexpr Error kBadRecordMac{Reason::decryption_failed_or_bad_record_mac,
                              AlertDescription::bad_record_mac};

}  // namespace

Result<void> Protector::install(const Algorithms& algorithms, AeadId aead, Direction direction,
                                ByteView key, ByteView iv) {
  if (iv.size() != iv_.size()) return internal_error();
  TRY(aead_.set_key(algorithms, aead, direction, key));
  copy_bytes(iv_.data(), iv);
  form_ = Form::tls13;
  sequence_ = 0;
  return {};
}

Result<void> Protector::install(const Algorithms& algorithms, const Suite& suite,
                                Direction direction, const RecordKeys12& keys) {
  sequence_ = 0;
  if (suite.aead == AeadId::none) {
    auto cbc = std::make_unique<CbcProtection>(algorithms);
    TRY(cbc->install(suite.cbc, suite.mac, direction, keys.mac_key, keys.key,
                     keys.encrypt_then_mac));
    cbc_ = std::move(cbc);
    form_ = Form::cbc;
    return {};
  }
  const bool implicit = suite.aead == AeadId::chacha20_poly1305;
  if (keys.iv.size() != (implicit ? kAeadNonceSize : kSaltSize)) return internal_error();
  TRY(aead_.set_key(algorithms, suite.aead, direction, keys.key));
  copy_bytes(iv_.data(), keys.iv);
  cbc_.reset();
  form_ = implicit ? Form::implicit_nonce : Form::explicit_nonce;
  return {};
}

std::size_t Protector::sealed_size(std::size_t plaintext) const {
  return form_ == Form::cbc ? cbc_->sealed_size(plaintext) : plaintext + overhead();
}

std::size_t Protector::overhead() const {
  switch (form_) {
    case Form::none: break;
    case Form::tls13: return 1 + aead_.tag_size();
    case Form::explicit_nonce: return kExplicitNonceSize + aead_.tag_size();
    case Form::implicit_nonce: return aead_.tag_size();
    case Form::cbc: return cbc_->overhead();
  }
  return 0;
}

Result<void> Protector::seal(ByteView header, ByteView plaintext, ByteView trailer,
                             MutableBytes out) {
  // RFC 8446 §5.3: "Because the size of sequence numbers is 64-bit, they should not wrap."
  if (sequence_ == UINT64_MAX) return internal_error();
  if (form_ == Form::tls13) {
    TRY(aead_.seal(nonce(), header, plaintext, trailer, out));
  } else {
    TRY(seal12(header, plaintext, out));
  }
  ++sequence_;
  return {};
}

Result<MutableBytes> Protector::open(ByteView header, MutableBytes sealed) {
  if (sequence_ == UINT64_MAX) return internal_error();
  // Nothing that was sealed is shorter: TLS 1.3 has a content type in every record.
  if (form_ == Form::tls13 && sealed.size() < overhead()) return kBadRecordMac;
  const MutableBytes plaintext =
      form_ == Form::tls13 ? TRY(aead_.open(nonce(), header, sealed)) : TRY(open12(header, sealed));
  ++sequence_;
  return plaintext;
}

Result<void> Protector::seal12(ByteView header, ByteView plaintext, MutableBytes out) {
  if (form_ == Form::cbc) {
    return cbc_->seal(mac_header(header, plaintext.size()), plaintext, out);
  }
  const MacHeader additional_data = mac_header(header, plaintext.size());
  if (form_ == Form::implicit_nonce) {
    return aead_.seal(nonce(), additional_data, plaintext, {}, out);
  }
  // The sequence number never repeats under one key: it serves as the explicit part.
  const ByteView explicit_part = ByteView(additional_data).first(kExplicitNonceSize);
  copy_bytes(out.data(), explicit_part);
  return aead_.seal(nonce_with(explicit_part), additional_data, plaintext, {},
                    out.subspan(kExplicitNonceSize));
}

Result<MutableBytes> Protector::open12(ByteView header, MutableBytes sealed) {
  if (form_ == Form::cbc) return cbc_->open(mac_header(header, 0), sealed);
  if (sealed.size() < overhead()) return kBadRecordMac;
  const MacHeader additional_data = mac_header(header, sealed.size() - overhead());
  if (form_ == Form::implicit_nonce) return aead_.open(nonce(), additional_data, sealed);
  const ByteView explicit_part = sealed.first(kExplicitNonceSize);
  return aead_.open(nonce_with(explicit_part), additional_data, sealed.subspan(kExplicitNonceSize));
}

Protector::Nonce Protector::nonce() const {
  constexpr std::size_t kPadding = kAeadNonceSize - sizeof sequence_;
  Nonce nonce = iv_;
  std::uint64_t part = 0;
  std::memcpy(&part, nonce.data() + kPadding, sizeof part);
  part ^= big_endian(sequence_);
  std::memcpy(nonce.data() + kPadding, &part, sizeof part);
  return nonce;
}

Protector::Nonce Protector::nonce_with(ByteView explicit_part) const {
  Nonce nonce = iv_;
  copy_bytes(nonce.data() + kSaltSize, explicit_part);
  return nonce;
}

// RFC 5246 §6.2.3.3: seq_num + TLSCompressed.type + TLSCompressed.version + TLSCompressed.length
MacHeader Protector::mac_header(ByteView header, std::size_t size) const {
  MacHeader bytes;
  const std::uint64_t sequence = big_endian(sequence_);
  std::memcpy(bytes.data(), &sequence, sizeof sequence);
  copy_bytes(bytes.data() + sizeof sequence, header.first(3));
  set_mac_size(bytes, size);
  return bytes;
}

}  // namespace ciao::tls
