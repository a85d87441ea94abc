# The proxy of a mesh that is an ordinary container keeps a pod whose work is done from ending. Sources: Istio,
# pilot-agent; Linkerd documentation, Graceful Pod Shutdown. Where nobody listens, and without bash, nothing happens.
end_proxy() { # istio, linkerd or none
    case $1 in
        istio) set -- 15020 /quitquitquit ;;
        linkerd) set -- 4191 /shutdown ;;
        *) return 0 ;;
    esac
    # shellcheck disable=SC2016 # bash expands it.
    timeout 5 bash -c 'exec 3<> "/dev/tcp/127.0.0.1/$1" &&
        printf "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" "$2" >&3 &&
        read -r _ <&3' bash "$1" "$2" > /dev/null 2>&1 || :
}
