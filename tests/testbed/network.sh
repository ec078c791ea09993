# Sourced by `up`: the network namespace, and a wire from it to the machine, for kubectl and the tests.

ip netns add "$NETWORK"
inside=(ip -n "$NETWORK")
"${inside[@]}" link set lo up
ip link add "$NETWORK" type veth peer name eth0 netns "$NETWORK"
ip addr add "$OUTSIDE/30" dev "$NETWORK"
ip link set "$NETWORK" up
"${inside[@]}" addr add "$INSIDE/30" dev eth0
"${inside[@]}" link set eth0 up
# Kubelet and API server want one. What goes further than the machine is refused at once: it would be lost, and
# whoever looks for a registry wait for it. What the API server says to a Service was on its way out, too, until it
# got a pod's address.
"${inside[@]}" route add default via "$OUTSIDE"
nsenter --net="/run/netns/$NETWORK" sh -c "
    echo 1 >/proc/sys/net/ipv4/ip_forward
    iptables -A OUTPUT -d $PODS -j ACCEPT
    for chain in OUTPUT FORWARD; do iptables -A \$chain -o eth0 ! -d $OUTSIDE -j REJECT; done"
