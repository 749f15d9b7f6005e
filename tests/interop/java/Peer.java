// A peer on Java's JSSE; tests/interop/peers/own.py describes its arguments.
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

public final class Peer {
  private static final Map<String, String> GROUPS =
      Map.of("X25519", "x25519", "P-256", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1",
          "X448", "x448");
  private static final String FINITE_FIELD = "ffdhe";
  private static final char[] PASSWORD = "ciao".toCharArray();

  private final Map<String, String> settings;
  private final SSLContext context;
  // JSSE makes itself ready for a ServerHello when its ClientHello has left: the thread that reads
  // has to start a second handshake, or it may find the answer too early.
  private volatile boolean renegotiationAsked;
  private static final int READING_MILLISECONDS = 50;

  private Peer(Map<String, String> settings) throws Exception {
    this.settings = settings;
    if (settings.containsKey("groups")) {
      StringBuilder names = new StringBuilder();
      for (String group : settings.get("groups").split(",")) {
        names.append(names.length() == 0 ? "" : ",").append(GROUPS.getOrDefault(group, group));
        if (group.startsWith(FINITE_FIELD)) {
          System.setProperty(
              "jdk.tls.ephemeralDHKeySize", group.substring(FINITE_FIELD.length()));
        }
      }
      System.setProperty("jdk.tls.namedGroups", names.toString());
    }
    if (settings.containsKey("update")) {
      // RFC 8446 §5.5 lets a side change its keys whenever it likes: JSSE does after these many
      // bytes.
      Security.setProperty("jdk.tls.keyLimits",
          "AES/GCM/NoPadding KeyUpdate 2^16, ChaCha20-Poly1305 KeyUpdate 2^16");
    }
    if (settings.containsKey("no-tickets")) {
      System.setProperty("jdk.tls.client.enableSessionTicketExtension", "false");
      System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    }
    context = SSLContext.getInstance("TLSv1.3");
    context.init(keyManagers(), trustManagers(), null);
  }

  private KeyManager[] keyManagers() throws Exception {
    if (!settings.containsKey("cert")) return null;
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = new FileInputStream(settings.get("cert"))) {
      store.load(file, PASSWORD);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, PASSWORD);
    return factory.getKeyManagers();
  }

  private TrustManager[] trustManagers() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream file = new FileInputStream(settings.get("ca"))) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  private void configure(SSLParameters parameters) {
    parameters.setProtocols(new String[] {"TLSv" + settings.getOrDefault("tls", "1.3")});
    if (settings.containsKey("suites")) {
      parameters.setCipherSuites(settings.get("suites").split(","));
    }
    if (settings.containsKey("alpn")) {
      parameters.setApplicationProtocols(settings.get("alpn").split(","));
    }
  }

  private static void report(SSLSocket socket) {
    System.out.println("info version=" + socket.getSession().getProtocol());
    System.out.println("info suite=" + socket.getSession().getCipherSuite());
    System.out.println("info alpn=" + socket.getApplicationProtocol());
    try {
      X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      if (!socket.getUseClientMode()) {
        String name = peer.getSubjectX500Principal().getName();
        System.out.println("info client_name=" + name.substring(name.indexOf("CN=") + 3));
      }
    } catch (SSLPeerUnverifiedException none) {
      // A client without a certificate: nothing to tell.
    }
  }

  private void copy(InputStream from, OutputStream to, SSLSocket socket) throws IOException {
    byte[] buffer = new byte[16384];
    while (true) {
      int length;
      try {
        length = from.read(buffer);
      } catch (SocketTimeoutException quiet) {
        if (renegotiationAsked) renegotiate(socket);
        continue;
      }
      if (length < 0) return;
      if (!asksToRenegotiate(buffer, length)) {
        to.write(buffer, 0, length);
        to.flush();
      } else if (from == System.in) {
        renegotiationAsked = true;
      } else {
        renegotiate(socket);
      }
    }
  }

  private void renegotiate(SSLSocket socket) throws IOException {
    renegotiationAsked = false;
    socket.getSession().invalidate();
    socket.startHandshake();
  }

  private boolean asksToRenegotiate(byte[] buffer, int length) {
    return settings.containsKey("renegotiate")
        && new String(buffer, 0, length, StandardCharsets.US_ASCII).equals("^renegotiate^\n");
  }

  private void serve() throws Exception {
    int port = Integer.parseInt(settings.get("port"));
    try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
            .createServerSocket(port, 8, InetAddress.getByName("127.0.0.1"))) {
      SSLParameters parameters = listener.getSSLParameters();
      configure(parameters);
      parameters.setNeedClientAuth(settings.containsKey("demand"));
      listener.setSSLParameters(parameters);
      int connections = Integer.parseInt(settings.getOrDefault("connections", "1"));
      for (int i = 0; i < connections; i++) {
        try (SSLSocket socket = (SSLSocket) listener.accept()) {
          socket.startHandshake();
          report(socket);
          copy(socket.getInputStream(), socket.getOutputStream(), socket);
          System.out.println("info close=notify");
        } catch (IOException failure) {
          System.out.println("info error=" + failure);
        }
      }
    }
  }

  private SSLSocket connect() throws IOException {
    int port = Integer.parseInt(settings.get("port"));
    String name = settings.getOrDefault("name", "localhost");
    Socket plain = new Socket("127.0.0.1", port);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    configure(parameters);
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  // Makes the session, which the context keeps; its ticket comes with the answer.
  private void first() throws IOException {
    byte[] word = "=1\n".getBytes();
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(word);
      byte[] answer = socket.getInputStream().readNBytes(word.length);
      if (answer.length != word.length) throw new IOException("no answer on the first connection");
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }

  private void connectAndRelay() throws Exception {
    if (settings.containsKey("resume")) first();
    try (SSLSocket socket = connect()) {
      report(socket);
      if (settings.containsKey("renegotiate")) socket.setSoTimeout(READING_MILLISECONDS);
      Thread sending = new Thread(() -> {
        try {
          copy(System.in, socket.getOutputStream(), socket);
          socket.shutdownOutput();
        } catch (IOException failure) {
          System.out.println("info error=" + failure);
        }
      });
      sending.setDaemon(true);
      sending.start();
      copy(socket.getInputStream(), System.out, socket);
      System.out.println("info close=notify");
    }
  }

  // Newer releases of the JDK have it switched off. ciao's side names it, too, where it is played.
  private static void enableRsaKeyExchange() {
    String property = "jdk.tls.disabledAlgorithms";
    String disabled = Security.getProperty(property);
    Security.setProperty(property, disabled.replaceAll("TLS_RSA_\\*,?\\s*", ""));
  }

  public static void main(String[] words) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      String name = words[i].substring(2);
      boolean flag = i + 1 == words.length || words[i + 1].startsWith("--");
      settings.put(name, flag ? "" : words[++i]);
    }
    enableRsaKeyExchange();
    Peer peer = new Peer(settings);
    try {
      if (words[0].equals("server")) {
        peer.serve();
      } else {
        peer.connectAndRelay();
      }
    } catch (IOException failure) {
      System.out.println("info error=" + failure);
      System.exit(1);
    }
  }
}
