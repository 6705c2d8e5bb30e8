package dev.sluice;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signal {@code SIGHUP}. It is reachable only through {@code sun.misc.Signal} (module {@code jdk.unsupported}),
 * which causes a compiler warning; therefore this class uses reflection.
 */
public final class ReloadSignal {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);

    private ReloadSignal() {}

    /**
     * Replaces the default action of the JVM, which is to exit. Each signal runs the handler on a new thread. Does
     * nothing if the signal does not exist (Windows) or the JVM runs with {@code -Xrs}.
     */
    public static void handle(Runnable handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    ReloadSignal.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                handler.run();
                                yield null;
                            }
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "handler of SIGHUP";
                        };
                    });
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
            LOG.debug("SIGHUP cannot be handled here", unavailable);
        }
    }
}
